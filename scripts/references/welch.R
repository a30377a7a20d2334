# SPDX-License-Identifier: GPL-3.0-or-later
# Means and Welch's test as R gives them: writes tests/reference/welch_rows.csv and welch_answers.csv.
#   Rscript scripts/references/welch.R        from the root of the repository
set.seed(20261128)
sets <- list(
  plain = list(a = round(rnorm(37, 3, 2), 3), b = round(rnorm(11, 2.5, 0.4), 3)),
  shares = list(a = sample(0:24, 283, TRUE) / 24, b = sample(0:24, 287, TRUE, 25:1) / 24),
  far = list(a = 1e10 + c(1, 2, 4, 8, 16), b = 1e10 + c(3, 3, 4)),
  apart = list(a = c(0.1, 0.2, 0.35, 0.15) + 900, b = c(1.5, 1.25)),
  two = list(a = c(-2.385, 7.1), b = c(2.385, 4.5)))
rows <- "set,group,value"
answers <- "set,what,estimate,std_error,df,statistic,p_value,conf_low,conf_high"
number <- function(x) paste(sprintf("%.17g", x), collapse = ",")
for (name in names(sets)) {
  s <- sets[[name]]
  for (g in c("a", "b")) rows <- c(rows, paste(name, ifelse(g == "a", 0, 1), sprintf("%.17g", s[[g]]), sep = ","))
  for (g in c("a", "b")) {
    t <- t.test(s[[g]])
    answers <- c(answers, paste(name, ifelse(g == "a", 0, 1),
      number(c(t$estimate, t$stderr, t$parameter, t$statistic, t$p.value, t$conf.int)), sep = ","))
  }
  t <- t.test(s$a, s$b)
  answers <- c(answers, paste(name, 2,
    number(c(t$estimate[1] - t$estimate[2], t$stderr, t$parameter, t$statistic, t$p.value, t$conf.int)), sep = ","))
}
index <- function(lines) { n <- match(sub(",.*", "", lines[-1]), names(sets)) - 1; c(lines[1], paste0(n, sub("^[^,]*", "", lines[-1]))) }
writeLines(index(rows), "tests/reference/welch_rows.csv")
writeLines(index(answers), "tests/reference/welch_answers.csv")
