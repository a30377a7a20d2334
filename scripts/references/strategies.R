# SPDX-License-Identifier: GPL-3.0-or-later
# strategies.R - clone-censor-weight, slowly: person by person and day by day, with weights from glm.
#
#     Rscript scripts/references/strategies.R      writes tests/reference/strategies_*.csv
#
# Made with R 4.2.2 and its glm.  Curves are computed from their definition at every event time.  Standard errors are infinitesimal
# jackknives of the whole procedure: each person's case weight is moved up and down by a little, both regressions are fitted again,
# and the numbers' slopes are squared and added.

number <- function(x) ifelse(is.na(x), "NA", sprintf("%.17g", x))

draw <- function(set, n) {
  sex <- rbinom(n, 1, 0.45); age <- round(runif(n, 18, 70)); site <- sample(0:2, n, TRUE)
  act <- 1 + floor(rexp(n, 0.07 * exp(0.5 * sex - 0.02 * (age - 40) + 0.4 * (site == 2))))
  event <- ceiling(rexp(n, 0.012 * exp(0.4 * sex + 0.01 * (age - 40)))); lost <- ceiling(rexp(n, 0.008))
  death <- ceiling(rexp(n, 0.004)); end <- pmin(event, death, lost, 60)
  cause <- ifelse(event == end, 1, ifelse(death == end, 2, 0))
  seen <- act <= end & act < 45
  data.frame(set, time = end, cause, act = ifelse(seen, act, NA), age, sex, site)
}

rules <- list(early = list(avoid = -1, by = 10, period = 11, truncate = 1), stay = list(avoid = 10, by = Inf, period = 1, truncate = 1),
              never = list(avoid = Inf, by = Inf, period = 1, truncate = 1), late = list(avoid = 4, by = 14, period = 6, truncate = 1),
              held = list(avoid = 10, by = Inf, period = 1, truncate = 0.9))

clone <- function(x, rule) {
  x$act[is.na(x$act)] <- Inf
  x$departed <- FALSE
  for (i in seq_len(nrow(x))) {
    event <- x$cause[i] > 0
    off <- function(day) day < x$time[i] || (day == x$time[i] && !event)
    if (x$act[i] <= rule$avoid && off(x$act[i])) {
      x$time[i] <- x$act[i]; x$cause[i] <- 0; x$departed[i] <- TRUE
    } else if (is.finite(rule$by) && x$act[i] > rule$by && off(rule$by)) {
      x$time[i] <- rule$by; x$cause[i] <- 0; x$departed[i] <- TRUE
    }
  }
  x
}
at_risk <- function(x, u) x$time > u | (x$time == u & x$cause == 0)
tight <- glm.control(epsilon = 1e-15, maxit = 100)

# W[i, k]: weight of clone i at event time k.
weights_of <- function(x, rule, case, times) {
  W <- matrix(1, nrow(x), length(times))
  last <- rep(1, nrow(x))
  left <- x$departed & x$act == x$time & x$act <= rule$avoid
  days <- sort(unique(x$act[left]))
  if (length(days) > 0) {
    rows <- do.call(rbind, lapply(days, function(u) {
      r <- which(at_risk(x, u)); data.frame(i = r, day = u, y = as.numeric(left[r] & x$act[r] == u))
    }))
    rows <- cbind(rows, x[rows$i, c("age", "sex", "site")], case = case[rows$i])
    form <- if (length(days) > 1) y ~ factor(day) + age + sex + factor(site) else y ~ age + sex + factor(site)
    rows$h <- fitted(suppressWarnings(glm(form, binomial, rows, weights = case, control = tight)))
    for (r in seq_len(nrow(rows))) {
      on <- times > rows$day[r]
      W[rows$i[r], on] <- W[rows$i[r], on] / (1 - rows$h[r])
      if (rows$y[r] == 0) last[rows$i[r]] <- last[rows$i[r]] / (1 - rows$h[r])
    }
  }
  if (is.finite(rule$by)) {
    r <- which(at_risk(x, rule$by) & x$act > rule$by - rule$period)
    d <- cbind(x[r, ], y = as.numeric(x$act[r] <= rule$by), case = case[r])
    p <- fitted(suppressWarnings(glm(y ~ age + sex + factor(site), binomial, d, weights = case, control = tight)))
    on <- times > rule$by
    for (k in seq_along(r)) if (d$y[k] == 1) {
      W[r[k], on] <- W[r[k], on] / p[k]; last[r[k]] <- last[r[k]] / p[k]
    }
  }
  follows <- !x$departed & at_risk(x, max(0, Filter(is.finite, c(rule$avoid, rule$by))))
  list(W = W, last = ifelse(follows, last, 0))
}

at <- c(8, 25, 50)
event_times <- function(x) sort(unique(x$time[x$cause > 0]))
# held: weights that stand at the limit, whatever happens to others.
numbers <- function(x, rule, case, limit, held) {
  times <- event_times(x)
  W <- weights_of(x, rule, case, times)$W
  W[held] <- limit
  W <- W * case
  S <- 1; F <- c(0, 0); grid <- 0; surv <- 1; inc <- matrix(0, 1, 2)
  for (k in seq_along(times)) {
    Y <- sum(W[x$time >= times[k], k])
    for (j in 1:2) F[j] <- F[j] + S * sum(W[x$time == times[k] & x$cause == j, k]) / Y
    S <- S * (1 - sum(W[x$time == times[k] & x$cause > 0, k]) / Y)
    grid <- c(grid, times[k]); surv <- c(surv, S); inc <- rbind(inc, F)
  }
  read <- function(v) v[findInterval(at, grid)]
  area <- sapply(at, function(tau) { g <- c(grid[grid < tau], tau); sum(surv[seq_len(length(g) - 1)] * diff(g)) })
  c(surv = read(surv), risk_1 = read(inc[, 1]), risk_2 = read(inc[, 2]), rmst = area)
}

one <- function(x) {
  phi <- list(); rows <- list(); values <- list()
  for (name in names(rules)) {
    rule <- rules[[name]]; y <- clone(x, rule); n <- nrow(y)
    w <- weights_of(y, rule, rep(1, n), 60)
    limit <- if (rule$truncate < 1) sort(w$last[w$last > 0])[ceiling(rule$truncate * sum(w$last > 0))] else Inf
    held <- weights_of(y, rule, rep(1, n), event_times(y))$W > limit
    value <- numbers(y, rule, rep(1, n), limit, held)
    h <- 1e-4
    slope <- sapply(seq_len(n), function(i) {
      up <- down <- rep(1, n); up[i] <- 1 + h; down[i] <- 1 - h
      (numbers(y, rule, up, limit, held) - numbers(y, rule, down, limit, held)) / (2 * h)
    })
    phi[[name]] <- slope
    last <- pmin(w$last, limit)
    rows[[name]] <- wide(x$set[1], match(name, names(rules)) - 1, value, sqrt(rowSums(slope^2)),
                         c(sum(y$departed), sum(w$last > 0), sum(last)^2 / sum(last^2), max(last)))
    values[[name]] <- value
  }
  rows$difference <- wide(x$set[1], 5, values$early - values$stay, sqrt(rowSums((phi$early - phi$stay)^2)), rep(NA, 4))
  do.call(rbind, rows)
}

# Strategies by number: early 0, stay 1, never 2, late 3, held 4; early less stay 5.
wide <- function(set, strategy, value, error, weights) {
  numbers <- as.data.frame(cbind(matrix(value, 3), matrix(error, 3)))
  names(numbers) <- c("surv", "risk_1", "risk_2", "rmst", "surv_se", "risk_1_se", "risk_2_se", "rmst_se")
  data.frame(set, strategy, at, numbers, departed = weights[1], following = weights[2], effective = weights[3], largest = weights[4])
}

set.seed(20261129)
sets <- list(draw(1, 90), draw(2, 140), draw(3, 110))
write.csv(do.call(rbind, sets), "tests/reference/strategies_people.csv", row.names = FALSE, quote = FALSE)
answers <- do.call(rbind, lapply(sets, one))
for (column in names(answers)[4:15]) answers[[column]] <- number(answers[[column]])
write.csv(answers, "tests/reference/strategies_answers.csv", row.names = FALSE, quote = FALSE)

# The ratio of the hazards of relapse, early against stay: Breslow's partial likelihood of the strategy alone on the weighted clones.
log_ratio <- function(x, case) {
  y <- list(clone(x, rules$early), clone(x, rules$stay))
  times <- sort(unique(unlist(lapply(y, function(z) z$time[z$cause == 1]))))
  W <- list(weights_of(y[[1]], rules$early, case, times)$W * case, weights_of(y[[2]], rules$stay, case, times)$W * case)
  S <- sapply(1:2, function(s) sapply(seq_along(times), function(k) sum(W[[s]][y[[s]]$time >= times[k], k])))
  D <- sapply(1:2, function(s) sapply(seq_along(times), function(k) sum(W[[s]][y[[s]]$time == times[k] & y[[s]]$cause == 1, k])))
  b <- 0
  for (k in 1:60) {
    E <- S[, 1] * exp(b) / (S[, 1] * exp(b) + S[, 2])
    step <- sum(D[, 1] - rowSums(D) * E) / sum(rowSums(D) * E * (1 - E)); b <- b + step
    if (abs(step) < 1e-14) break
  }
  b
}
x <- sets[[2]]; n <- nrow(x); h <- 1e-3
slope <- sapply(seq_len(n), function(i) {
  g <- function(h) { case <- rep(1, n); case[i] <- 1 + h; log_ratio(x, case) }
  a <- (g(h) - g(-h)) / (2 * h); b <- (g(h / 2) - g(-h / 2)) / h
  (4 * b - a) / 3
})
hazard <- data.frame(value = number(log_ratio(x, rep(1, n))), error = number(sqrt(sum(slope^2))))
write.csv(hazard, "tests/reference/strategies_hazard.csv", row.names = FALSE, quote = FALSE)
