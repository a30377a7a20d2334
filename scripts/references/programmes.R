# SPDX-License-Identifier: GPL-3.0-or-later
# Funnels, standardised ratios and control charts from R's own distributions: writes tests/reference/funnel_limits.csv,
# funnel_units.csv, standardised_ratios.csv, control_charts.csv, programme_people.csv, programme_answers.csv, programme_charts.csv.
#   Rscript scripts/references/programmes.R        from the root of the repository
set.seed(20261129)
write <- function(table, name)
  write.table(format(table, digits = 17, trim = TRUE, scientific = FALSE), file.path("tests/reference", name), sep = ",",
              quote = FALSE, row.names = FALSE)

# Exact limits: qbinom(p) is the smallest r with P(R <= r) >= p.
tails <- c(0.001, 0.025, 0.975, 0.999)
limits <- expand.grid(target = c(0.012, 0.3, 0.5, 0.97), n = c(1, 7, 40, 350, 20000), tail = tails)
r <- with(limits, qbinom(tail, n, target))
limits$binomial <- with(limits, (r - (pbinom(r, n, target) - tail) / dbinom(r, n, target)) / n)
limits$binomial <- pmin(pmax(limits$binomial, 0), 1)
expected <- with(limits, target * n)
r <- qpois(limits$tail, expected)
limits$poisson <- pmax((r - (ppois(r, expected) - limits$tail) / dpois(r, expected)) / expected, 0)
write(limits, "funnel_limits.csv")

# Units that differ by more than chance, and units that do not (set 1).
units <- do.call(rbind, lapply(0:1, function(set) {
  n <- sample(20:900, 40)
  p <- plogis(rnorm(40, -0.8, if (set == 0) 0.5 else 0))
  risk <- lapply(n, function(m) plogis(rnorm(m, -0.8, 0.6)))
  data.frame(set = set, observed = rbinom(40, n, p), expected = round(sapply(risk, sum), 6),
             variance = round(sapply(risk, function(q) sum(q * (1 - q))), 6))
}))
solve_set <- function(u) {
  z <- (u$observed - u$expected) / sqrt(u$variance)
  q <- quantile(z, c(0.1, 0.9), type = 7)
  i <- length(z)
  u$phi <- mean(pmin(pmax(z, q[1]), q[2])^2)
  w <- u$expected^2 / u$variance
  u$tau2 <- max(0, (i * u$phi - (i - 1)) / (sum(w) - sum(w^2) / sum(w)))
  over <- u$phi[1] > 1 + 2 * sqrt(2 / i)
  u$over <- as.integer(over)
  u$z_chance <- z
  u$z_multiplicative <- if (over) z / sqrt(u$phi) else z
  u$z_additive <- if (over) (u$observed / u$expected - 1) / sqrt(1 / w + u$tau2) else z
  u
}
write(do.call(rbind, lapply(split(units, units$set), solve_set)), "funnel_units.csv")

ratios <- expand.grid(observed = c(0, 1, 4, 37, 12000), expected = c(0.2, 5.75, 11000.5), level = c(0.95, 0.998))
ratios <- within(ratios, {
  tail <- (1 - level) / 2
  z <- qnorm(1 - tail)
  exact_low <- ifelse(observed == 0, 0, qchisq(tail, 2 * observed) / 2) / expected
  exact_high <- qchisq(tail, 2 * observed + 2, lower.tail = FALSE) / 2 / expected
  byar_low <- ifelse(observed == 0, 0, observed * pmax(1 - 1 / (9 * observed) - z / (3 * sqrt(observed)), 0)^3) / expected
  byar_high <- (observed + 1) * (1 - 1 / (9 * (observed + 1)) + z / (3 * sqrt(observed + 1)))^3 / expected
})
write(ratios[c("observed", "expected", "level", "exact_low", "exact_high", "byar_low", "byar_high")],
      "standardised_ratios.csv")

# Thirty months, one without people; the process changes with month 18.  kind 0: p, 1: u, 2: median.
size <- sample(15:120, 30); size[11] <- 0
y <- rbinom(30, size, ifelse(seq_len(30) <= 18, 0.35, 0.55))
charts <- do.call(rbind, lapply(0:2, function(kind) do.call(rbind, lapply(0:1, function(laney) {
  phase <- ifelse(seq_len(30) <= 18, 1, 2)
  out <- data.frame(kind = kind, laney = laney, y = y, size = size, centre = NA_real_, low = NA_real_, high = NA_real_)
  for (f in 1:2) {
    here <- which(phase == f)
    base <- here[size[here] > 0]
    if (f == 1) base <- base[1:12] # frozen
    centre <- if (kind == 2) median(y[base] / size[base]) else sum(y[base]) / sum(size[base])
    sd <- sqrt((if (kind == 0) centre * (1 - centre) else centre) / size)
    factor <- if (laney) mean(abs(diff((y[base] / size[base] - centre) / sd[base]))) / 1.128 else 1
    out$centre[here] <- centre
    if (kind < 2) {
      seen <- here[size[here] > 0]
      out$low[seen] <- pmax(centre - 3 * factor * sd[seen], 0)
      out$high[seen] <- pmin(centre + 3 * factor * sd[seen], if (kind == 0) 1 else Inf)
    }
  }
  out
}))))
write(charts, "control_charts.csv")

# People of a dashboard: 700 rows in 6 sites over two years, some lost from sight, some entered too late; with their observed
# and expected numbers by site and quarter.  A missing age is its mean and an indicator, a missing sex a level of its own.
n <- 700
people <- data.frame(id = seq_len(n), site = sample(c("north", "south", "east", "west", "mid", ""), n, TRUE, c(6, 5, 4, 3, 2, 1)),
                     begun = as.Date("2019-02-10") + sample(0:700, n, TRUE), age = sample(c(18:70, NA), n, TRUE),
                     sex = sample(c("f", "m", ""), n, TRUE, c(5, 5, 1)), arm = sample(c("iop", "bed"), n, TRUE), k = sample(1:3, n, TRUE))
hazard <- with(people, exp(-5 + 0.01 * ifelse(is.na(age), 40, age) + 0.4 * (sex == "m") + 0.3 * (site == "west")))
leave <- ceiling(rexp(n, hazard)); lost <- ceiling(rexp(n, 1 / 600)); dead <- ceiling(rexp(n, 1 / 3000))
end <- as.integer(as.Date("2021-03-31") - people$begun)
people$days <- pmin(leave, lost, dead, end, 365)
people$what <- with(people, ifelse(days == leave, "left", ifelse(days == dead & days < pmin(lost, end, 365), "died", "seen")))
people$days[c(5, 99)] <- NA
write.table(people, "tests/reference/programme_people.csv", sep = ",", quote = FALSE, row.names = FALSE, na = "")
known <- !is.na(people$days)
last <- max(as.integer(people$begun) + people$days, na.rm = TRUE)
people$quarter <- paste0(format(people$begun, "%Y"), "-", quarters(people$begun))
answer <- function(day, without) {
  d <- people[known & as.integer(people$begun) + day <= last, ]
  unknown <- d$what == "seen" & d$days < day
  d$y <- as.integer(d$what == "left" & d$days <= day)
  if (without) d$y <- 1L - d$y
  u <- d[unknown, ]; d <- d[!unknown, ]
  d$gone <- as.integer(is.na(d$age))
  d$age[is.na(d$age)] <- weighted.mean(d$age, d$k, na.rm = TRUE)
  fit <- suppressWarnings(glm(y ~ age + gone + factor(sex), binomial, d, weights = k, control = list(epsilon = 1e-15, maxit = 50)))
  d$mu <- fitted(fit)
  cells <- function(key, ukey, name, period) {
    s <- split(seq_len(nrow(d)), key)
    data.frame(day = day, without = as.integer(without), programme = name(names(s)), period = period(names(s)),
      n = sapply(s, function(i) sum(d$k[i])), n_event = sapply(s, function(i) sum(d$k[i] * d$y[i])),
      n_unknown = sapply(names(s), function(x) sum(u$k[ukey == x])),
      expected = sapply(s, function(i) sum(d$k[i] * d$mu[i])),
      variance = sapply(s, function(i) sum(d$k[i] * d$mu[i] * (1 - d$mu[i]))), row.names = NULL)
  }
  site <- ifelse(d$site == "", "no programme recorded", d$site); usite <- ifelse(u$site == "", "no programme recorded", u$site)
  rbind(cells(rep("", nrow(d)), rep("", nrow(u)), identity, identity), cells(site, usite, identity, function(x) ""),
        cells(d$quarter, u$quarter, function(x) "", identity),
        cells(paste(site, d$quarter, sep = "|"), paste(usite, u$quarter, sep = "|"), function(x) sub("\\|.*", "", x),
              function(x) sub(".*\\|", "", x)))
}
answers <- rbind(answer(30, FALSE), answer(90, TRUE))
write.table(transform(answers, expected = sprintf("%.12g", expected), variance = sprintf("%.12g", variance)),
            "tests/reference/programme_answers.csv", sep = ",", quote = FALSE, row.names = FALSE)

# Control charts of the same people by month, phase by phase: tests/reference/programme_charts.csv.  The first phase is held from
# October 2019, a second one begins in February 2020 and is held from September; in the west another one in December 2019.
months <- format(seq(as.Date(format(min(people$begun), "%Y-%m-01")), max(people$begun), by = "month"), "%Y-%m")
charts_of <- function(day, kind, laney, without = FALSE, run = 5, trend = 4) {
  d <- people[known & as.integer(people$begun) + day <= last, ]
  d$programme <- ifelse(d$site == "", "no programme recorded", d$site); d$month <- format(d$begun, "%Y-%m")
  d$y <- as.integer(d$what == "left" & d$days <= day)
  d$time <- pmax(pmin(d$days, day), 0.5)
  if (kind != "u") d <- d[!(d$what == "seen" & d$days < day), ]
  if (without) d$y <- 1L - d$y
  if (kind == "u") {
    d$gone <- as.integer(is.na(d$age)); d$age[is.na(d$age)] <- weighted.mean(d$age, d$k, na.rm = TRUE)
    d$mu <- fitted(glm(y ~ age + gone + factor(sex) + offset(log(time)), poisson, d, weights = k, control = list(epsilon = 1e-15, maxit = 50)))
  } else d$mu <- NA
  do.call(rbind, lapply(c("", sort(setdiff(unique(d$programme), "no programme recorded")), "no programme recorded"), function(p) {
    of <- if (p == "") rep(TRUE, nrow(d)) else d$programme == p
    total <- function(x) sapply(months, function(q) sum((d$k * x)[of & d$month == q]))
    n <- total(1); y <- total(d$y); time <- total(d$time); size <- if (kind == "u") time else n
    phase <- 1 + (months >= "2020-02")
    freeze <- c("2019-10", "2020-09")
    if (p == "west") { phase <- 1 + (months >= "2019-12") + (months >= "2020-02"); freeze <- c("2019-10", "9999-12", "2020-09") }
    out <- data.frame(measure = paste0("left_", day, if (kind == "u") "_rate" else if (without) "_without" else ""), programme = p, period = months,
                      n = n, n_event = y, person_time = if (kind == "u") ifelse(n > 0, time, NA) else NA, expected = if (kind == "u") total(d$mu) else NA, phase = phase,
                      centre = NA_real_, low = NA_real_, high = NA_real_, factor = NA_real_, beyond = 0, run = 0, trend = 0, near = 0)
    for (f in unique(phase)) {
      here <- which(phase == f); base <- here[months[here] <= freeze[f]]
      if (length(base) < 8 || sum(n[base]) < 10 * length(base)) next
      base <- base[size[base] > 0]; seen <- here[size[here] > 0]
      value <- y / size
      centre <- if (kind == "run") median(value[base]) else sum(y[base]) / sum(size[base])
      sd <- sqrt((if (kind == "u") centre else centre * (1 - centre)) / size)
      factor <- if (laney) mean(abs(diff(((value - centre) / sd)[base]))) / 1.128 else 1
      out$centre[here] <- centre; out$factor[here] <- factor
      if (kind != "run") {
        out$low[seen] <- pmax(centre - 3 * factor * sd[seen], 0)
        out$high[seen] <- pmin(centre + 3 * factor * sd[seen], if (kind == "u") Inf else 1)
        out$beyond[seen] <- value[seen] < out$low[seen] | value[seen] > out$high[seen]
        side <- sign(value - centre)
        outer <- abs(value - centre) > 2 * factor * sd
        for (i in seq_len(max(length(seen) - 2, 0))) for (s in c(-1, 1)) {
          three <- seen[i + 0:2]; hit <- three[side[three] == s & outer[three]]
          if (length(hit) >= 2) out$near[hit] <- 1
        }
      }
      off <- seen[value[seen] != centre]
      r <- rle(sign(value[off] - centre)); out$run[off] <- rep(r$lengths >= run, r$lengths)
      apart <- seen[c(TRUE, diff(value[seen]) != 0)]
      r <- rle(sign(diff(value[apart]))); stop <- cumsum(r$lengths) + 1; start <- stop - r$lengths
      for (i in which(r$lengths + 1 >= trend)) out$trend[seen[seen >= apart[start[i]] & seen <= apart[stop[i]]]] <- 1
    }
    out
  }))
}
charts <- rbind(charts_of(45, "p", FALSE), charts_of(30, "p", TRUE), charts_of(90, "u", FALSE), charts_of(60, "u", TRUE), charts_of(90, "run", FALSE, TRUE))
for (j in c("person_time", "expected", "centre", "low", "high", "factor")) charts[[j]] <- ifelse(is.na(charts[[j]]), "", sprintf("%.15g", charts[[j]]))
write.table(charts, "tests/reference/programme_charts.csv", sep = ",", quote = FALSE, row.names = FALSE)
