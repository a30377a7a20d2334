# SPDX-License-Identifier: GPL-3.0-or-later
# proportion.R - reference values for risks, two-by-two tables, strata and tails.
#
#     Rscript scripts/references/proportion.R        writes tests/reference/proportion_*.csv
#
# Made with R 4.2.2 and metafor 3.8-1.  Whatever R offers as a function is taken from R; the Miettinen-Nurminen limits
# follow the closed form of the 1985 paper (the kernel solves the likelihood instead), Newcombe's the 1998 paper.

suppressMessages(library(metafor))
set.seed(20261121)

write_values <- function(table, name) {
  text <- lapply(table, function(column) {
    if (is.character(column)) column
    else ifelse(is.na(column), "NA", sprintf("%.17g", column))
  })
  write.csv(as.data.frame(text), file.path("tests/reference", paste0("proportion_", name, ".csv")),
            row.names = FALSE, quote = FALSE)
}

# ---- single tables ---------------------------------------------------------------------------------

restricted <- function(x1, n1, x0, n0, d) {
  n <- n1 + n0
  l3 <- n
  l2 <- (n1 + 2 * n0) * d - n - (x1 + x0)
  l1 <- (n0 * d - n - 2 * x0) * d + x1 + x0
  l0 <- x0 * d * (1 - d)
  q <- l2^3 / (3 * l3)^3 - l1 * l2 / (6 * l3^2) + l0 / (2 * l3)
  p <- (if (q >= 0) 1 else -1) * sqrt(max(0, l2^2 / (3 * l3)^2 - l1 / (3 * l3)))
  a <- (pi + acos(max(-1, min(1, if (p == 0) 0 else q / p^3)))) / 3
  2 * p * cos(a) - l2 / (3 * l3)
}

within <- function(q) max(0, min(1, q))

score_variance <- function(d, x1, n1, x0, n0) {
  q0 <- within(restricted(x1, n1, x0, n0, d))
  q1 <- within(q0 + d)
  (q1 * (1 - q1) / n1 + q0 * (1 - q0) / n0) * (n1 + n0) / (n1 + n0 - 1)
}

miettinen_nurminen <- function(x1, n1, x0, n0) {
  d <- x1 / n1 - x0 / n0
  excess <- function(g) (d - g)^2 - qnorm(0.975)^2 * score_variance(g, x1, n1, x0, n0)
  side <- function(far) {
    if (d == far) return(far)
    near <- d + (far - d) * 1e-9 # at d = 1 or -1 itself the variance is 0: not the root that is meant
    uniroot(excess, sort(c(near, far)), tol = 1e-15, maxiter = 1000)$root
  }
  c(side(-1), side(1))
}

wilson <- function(x, n) suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int

one_table <- function(x1, n1, x0, n0) {
  p1 <- x1 / n1
  p0 <- x0 / n0
  w1 <- wilson(x1, n1)
  w0 <- wilson(x0, n0)
  exact <- binom.test(x1, n1)$conf.int
  wald <- suppressWarnings(prop.test(c(x1, x0), c(n1, n0), correct = FALSE))
  mn <- miettinen_nurminen(x1, n1, x0, n0)
  rr <- suppressWarnings(escalc("RR", ai = x1, n1i = n1, ci = x0, n2i = n0, add = 0, to = "none"))
  or <- suppressWarnings(escalc("OR", ai = x1, n1i = n1, ci = x0, n2i = n0, add = 0, to = "none"))
  fisher <- fisher.test(matrix(c(x1, n1 - x1, x0, n0 - x0), 2), conf.int = FALSE)$p.value
  data.frame(x1, n1, x0, n0, wilson_low = w1[1], wilson_high = w1[2], exact_low = exact[1], exact_high = exact[2],
             rd = p1 - p0, wald_low = wald$conf.int[1], wald_high = wald$conf.int[2],
             newcombe_low = p1 - p0 - sqrt((p1 - w1[1])^2 + (w0[2] - p0)^2),
             newcombe_high = p1 - p0 + sqrt((w1[2] - p1)^2 + (p0 - w0[1])^2), mn_low = mn[1], mn_high = mn[2],
             log_rr = c(rr$yi), se_rr = sqrt(rr$vi), log_or = c(or$yi), se_or = sqrt(or$vi),
             chi2 = unname(wald$statistic), p = wald$p.value, fisher_p = fisher)
}

random_table <- function(largest) {
  n <- ceiling(exp(runif(2, 0, log(largest))))
  x <- rbinom(2, n, rbeta(2, 0.7, 0.7))
  c(x[1], n[1], x[2], n[2])
}

tables <- rbind(c(84, 154, 79, 139), c(386, 529, 339, 740), c(43119, 114440, 48222, 78423), c(204, 283, 270, 287),
                c(0, 20, 5, 25), c(5, 25, 0, 20), c(20, 20, 9, 12), c(9, 12, 20, 20), c(10, 10, 0, 10), c(7, 14, 11, 22),
                t(replicate(120, random_table(60))), t(replicate(60, random_table(2000))),
                t(replicate(20, random_table(1e6))))
pooled <- tables[, 1] + tables[, 3]
tables <- tables[pooled > 0 & pooled < tables[, 2] + tables[, 4], ] # no test exists otherwise
values <- do.call(rbind, apply(tables, 1, function(t) one_table(t[1], t[2], t[3], t[4]), simplify = FALSE))
zero <- values$x1 == 0 | values$x0 == 0
full <- values$x1 == values$n1 | values$x0 == values$n0
values[zero, c("log_rr", "se_rr")] <- NA
values[zero | full, c("log_or", "se_or")] <- NA
write_values(values, "tables")

# ---- arms x 2 ---------------------------------------------------------------------------------------

arms <- do.call(rbind, lapply(3:8, function(k) {
  n <- ceiling(exp(runif(k, 2, 8)))
  x <- rbinom(k, n, 0.4)
  test <- suppressWarnings(prop.test(x, n, correct = FALSE))
  data.frame(set = k, x, n, chi2 = unname(test$statistic), df = unname(test$parameter), p = test$p.value)
}))
write_values(arms, "arms")

# ---- strata -------------------------------------------------------------------------------------------

cells <- list()
pooled <- list()
for (set in 1:40) {
  k <- sample(2:12, 1)
  n1 <- ceiling(exp(runif(k, 1, if (set %% 4 == 0) 8 else 4)))
  n0 <- ceiling(exp(runif(k, 1, if (set %% 4 == 0) 8 else 4)))
  base <- runif(k, 0.1, 0.8)
  a <- rbinom(k, n1, pmin(0.95, base * runif(1, 0.5, 1.8)))
  c <- rbinom(k, n0, base)
  if (sum(a) == 0 || sum(c) == 0 || all(a == n1) || all(c == n0)) next
  if (set == 1) { # the Berkeley admissions, as R ships them: odds ratio 0.904696828258623
    a <- UCBAdmissions[1, 1, ]; n1 <- a + UCBAdmissions[2, 1, ]
    c <- UCBAdmissions[1, 2, ]; n0 <- c + UCBAdmissions[2, 2, ]
  }
  mh <- function(measure) rma.mh(ai = a, n1i = n1, ci = c, n2i = n0, measure = measure, add = 0, to = "none",
                                 drop00 = FALSE, correct = FALSE)
  or <- mh("OR"); rr <- mh("RR"); rd <- mh("RD")
  N <- n1 + n0
  gr <- sqrt(sum((a * (n1 - a) * n0^2 / n1 + c * (n0 - c) * n1^2 / n0) / N^2)) / sum(n1 * n0 / N)
  margins <- array(rbind(a, c, n1 - a, n0 - c), c(2, 2, length(a)))
  plain <- mantelhaen.test(margins, correct = FALSE)
  corrected <- mantelhaen.test(margins, correct = TRUE)
  cells[[set]] <- data.frame(set, a = unname(a), n1 = unname(n1), c = unname(c), n0 = unname(n0))
  pooled[[set]] <- data.frame(
    set, or = unname(plain$estimate), or_low = plain$conf.int[1], or_high = plain$conf.int[2], log_or = c(or$beta),
    se_or = or$se, log_rr = c(rr$beta), se_rr = rr$se, rd = c(rd$beta), se_sato = rd$se, se_gr = gr,
    mh = unname(plain$statistic), mh_p = plain$p.value, mh_corrected = unname(corrected$statistic), tarone = or$TA,
    tarone_p = or$TAp)
}
write_values(do.call(rbind, cells), "strata")
write_values(do.call(rbind, pooled), "strata_answers")

# ---- Fisher's test of large tables ----------------------------------------------------------------------

large <- rbind(c(500, 100000, 600, 100000), c(50000, 100000, 50400, 100000), c(43119, 114440, 48222, 78423),
               c(4400, 1e6, 4100, 1e6), c(3, 1e6, 19, 2e6), c(120000, 300000, 118000, 300000), c(1, 4, 250000, 1e6),
               c(500000, 1e6, 500000, 1e6))
fisher <- apply(large, 1, function(t)
  fisher.test(matrix(c(t[1], t[2] - t[1], t[3], t[4] - t[3]), 2), conf.int = FALSE)$p.value)
write_values(data.frame(x1 = large[, 1], n1 = large[, 2], x0 = large[, 3], n0 = large[, 4], p = fisher), "fisher_large")

# ---- tails ------------------------------------------------------------------------------------------------

tails <- expand.grid(x = c(1e-300, 1e-8, 0.3, 1, 3.84145882069412, 10.8, 50, 200, 700, 1340, 1400, 2000),
                     df = c(1, 2, 3, 4, 7, 10, 33, 100, 251))
tails$p <- pchisq(tails$x, tails$df, lower.tail = FALSE)
tails$log_p <- pchisq(tails$x, tails$df, lower.tail = FALSE, log.p = TRUE)
write_values(tails, "chi_square_tails")

normal <- data.frame(z = c(-8, -1.3, 0, 0.5, 1.6448536269514722, 2.5758293035489004, 8, 20, 37, 40, 1000))
normal$upper <- pnorm(normal$z, lower.tail = FALSE)
normal$log_upper <- pnorm(normal$z, lower.tail = FALSE, log.p = TRUE)
write_values(normal, "normal_tails")

# ---- one distance for a factor ----------------------------------------------------------------------------

factors <- do.call(rbind, lapply(1:30, function(set) {
  k <- sample(2:7, 1)
  arm <- c(rmultinom(1, sample(20:5000, 1), runif(k)))
  reference <- c(rmultinom(1, sample(20:5000, 1), runif(k)))
  p1 <- (arm / sum(arm))[-1]
  p0 <- (reference / sum(reference))[-1]
  s <- (diag(p1, k - 1) - p1 %*% t(p1) + diag(p0, k - 1) - p0 %*% t(p0)) / 2
  data.frame(set, arm, reference, smd = sqrt(c(t(p1 - p0) %*% solve(s, p1 - p0))))
}))
write_values(factors, "factors")
