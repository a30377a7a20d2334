# SPDX-License-Identifier: GPL-3.0-or-later
# Balance and matching as R has them: writes tests/reference/balance_people.csv (made up), balance_answers.csv and
# balance_pairs.csv.
#     Rscript scripts/references/balance.R       from the root of the repository
#
# Made with R 4.2.2 and MatchIt 4.5.1, whose summary is compared with the plain forms written here.  Pairs come from the plain
# greedy search: that version of MatchIt ignores calipers, and passes over controls that are nearer.
suppressMessages(library(MatchIt))
set.seed(20261128)
n <- 420
d <- data.frame(age = round(rnorm(n, 40, 12), 6), score = round(rexp(n, 0.2), 6),
                site = sample(c("a", "b", "c"), n, TRUE, c(5, 3, 2)), sex = sample(c("f", "m"), n, TRUE))
d$arm <- ifelse(runif(n) < plogis(-1.2 + 0.03 * (d$age - 40) + 0.1 * d$score - 0.8 * (d$site == "b")), "iop", "control")
d$w <- round(runif(n, 0.2, 3), 4)
d$count <- sample(1:4, n, TRUE)
write.csv(d, "tests/reference/balance_people.csv", row.names = FALSE, quote = FALSE)
lalonde <- read.csv("tests/reference/lalonde.csv")

answers <- NULL
say <- function(run, measure, term, arm, reference, value)
  answers <<- c(answers, paste(run, measure, "", term, "", arm, reference, "", "estimate",
                               ifelse(is.na(value), "", sprintf("%.17g", value)), sep = "|"))
share <- function(x, w) sum(w * x) / sum(w)
moments <- function(x, w, level) {
  m <- share(x, w)
  c(m, if (level) m * (1 - m) else sum(w * (x - m)^2) / (sum(w) - sum(w^2) / sum(w)))
}
ks <- function(x, w, a) {
  at <- sort(unique(x)); F <- function(i) sapply(at, function(q) sum(w[i & x <= q])) / sum(w[i])
  max(abs(F(a) - F(!a)))
}
# One column: moments with weights w, the denominator with weights of the sample as it is.
column <- function(run, x, term, a, names, w, plain, level, sd) {
  m1 <- moments(x[a], w[a], level); m0 <- moments(x[!a], w[!a], level)
  p1 <- moments(x[a], plain[a], level)[2]; p0 <- moments(x[!a], plain[!a], level)[2]
  unit <- sqrt(switch(sd, pooled = (p1 + p0) / 2, reference = p0, arm = p1))
  say(run, "mean", term, names[2], "", m1[1]); say(run, "mean", term, names[1], "", m0[1])
  say(run, "smd", term, names[2], names[1], (m1[1] - m0[1]) / unit)
  if (!level) say(run, "variance_ratio", term, names[2], names[1], m1[2] / m0[2])
  say(run, "ks_statistic", term, names[2], names[1], ks(x, w, a))
  c((m1[1] - m0[1]) / unit, if (level) NA else m1[2] / m0[2], ks(x, w, a))
}
balance <- function(run, d, a, names, numbers, factors, w, plain, sd) {
  out <- NULL
  for (v in numbers) out <- rbind(out, column(run, d[[v]], v, a, names, w, plain, FALSE, sd))
  for (v in factors) for (l in sort(unique(d[[v]])))
    out <- rbind(out, column(run, as.numeric(d[[v]] == l), paste0(v, "=", l), a, names, w, plain, TRUE, sd))
  out
}
one <- rep(1, n); a <- d$arm == "iop"; names <- c("control", "iop")
for (sd in c("pooled", "reference", "arm")) invisible(balance(paste0("plain_", sd), d, a, names, c("age", "score"), c("site", "sex"), one, one, sd))
invisible(balance("weighted", d, a, names, c("age", "score"), c("site", "sex"), d$w, one, "pooled"))
ess <- function(w) sum(w)^2 / sum(w^2)
say("weighted", "effective_sample_size", "", "iop", "", ess(d$w[a])); say("weighted", "effective_sample_size", "", "control", "", ess(d$w[!a]))
# Frequencies are people: the rows again, so often.
copies <- d[rep(seq_len(n), d$count), ]; b <- copies$arm == "iop"; ones <- rep(1, nrow(copies))
invisible(balance("counted", copies, b, names, c("age", "score"), c("site", "sex"), ones, ones, "pooled"))

# ---- MatchIt's own summary of Lalonde's men -------------------------------------------------------------------------
men <- lalonde; men$married <- as.character(men$married); men$race <- as.character(men$race)
ours <- balance("lalonde", men, men$treat == 1, c("0", "1"), c("age", "educ", "re74", "re75"), "race", rep(1, 614), rep(1, 614), "arm")
theirs <- summary(matchit(treat ~ age + educ + re74 + re75 + race, data = lalonde, method = NULL))$sum.all
pick <- c("age", "educ", "re74", "re75", "raceblack", "racehispan", "racewhite")
stopifnot(max(abs(ours[, 1] - theirs[pick, "Std. Mean Diff."])) < 1e-12,
          max(abs(ours[1:4, 2] - theirs[pick[1:4], "Var. Ratio"])) < 1e-12, max(abs(ours[, 3] - theirs[pick, "eCDF Max"])) < 1e-12)

# ---- matching --------------------------------------------------------------------------------------------------------
fit <- glm((arm == "iop") ~ age + score + site + sex, binomial, d, control = glm.control(epsilon = 1e-15, maxit = 100))
greedy <- function(score, caliper, ratio, exact) {
  treated <- which(a)[order(-score[a])]; control <- which(!a); used <- rep(FALSE, n); pairs <- NULL
  for (round in seq_len(ratio)) for (i in treated) {
    distance <- abs(score[control] - score[i]); distance[used[control] | exact[control] != exact[i]] <- Inf
    j <- which.min(distance)
    if (distance[j] <= caliper) { used[control[j]] <- TRUE; pairs <- rbind(pairs, c(i, control[j])) }
  }
  pairs
}
pairs <- "run,line,match_line"
match_run <- function(run, score, caliper, ratio, exact) {
  p <- greedy(score, caliper, ratio, exact)
  pairs <<- c(pairs, paste(run, p[, 1] + 1, p[, 2] + 1, sep = ",")) # lines of the file, its header the first
  w <- rep(0, n); w[p[, 1]] <- 1
  w[p[, 2]] <- 1 / table(p[, 1])[as.character(p[, 1])]
  balance(run, d, a, names, c("age", "score"), c("site", "sex"), w, one, "pooled")
  say(run, "effective_sample_size", "", "iop", "", ess(w[a])); say(run, "effective_sample_size", "", "control", "", ess(w[!a]))
  p
}
e <- fitted(fit); logit <- predict(fit)
invisible(match_run("nearest", e, Inf, 1, one))
invisible(match_run("caliper", e, 0.1 * sd(e), 1, one))
invisible(match_run("logit", logit, 0.2 * sd(logit), 1, one))
invisible(match_run("ratio", e, 0.25 * sd(e), 2, one))
invisible(match_run("exact", e, 0.25 * sd(e), 1, d$site))
writeLines(answers, "tests/reference/balance_answers.csv")
writeLines(pairs, "tests/reference/balance_pairs.csv")
