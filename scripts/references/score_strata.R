# SPDX-License-Identifier: GPL-3.0-or-later
# score_strata.R - effects by quintile of a propensity score.
#
#     Rscript scripts/references/score_strata.R      writes tests/reference/score_strata_answers.csv
#
# Made with R 4.2.2 and survival 3.5-3, of tests/reference/adjusted_people.csv (adjusted.R).  The score is glm(binomial); limits
# are its sorted values at n k / 5, rounded up; risks by day 60 are Aalen and Johansen's, restricted means to day 80 with
# their errors survfit's; heterogeneity is Cochran's Q of the restricted means.

suppressMessages(library(survival))
x <- read.csv("tests/reference/adjusted_people.csv", header = FALSE)
names(x) <- c("arm", "days", "start", "what", "cluster", "age", "sex")
x$arm_1 <- as.numeric(x$arm == 1)
score <- fitted(glm(arm_1 ~ age + factor(sex), binomial, x, epsilon = 1e-15, maxit = 50))
n <- nrow(x)
limit <- sort(score)[ceiling(n * (1:4) / 5)]
x$stratum <- 1 + rowSums(outer(score, limit, ">"))

risk <- function(d, day) summary(survfit(Surv(days, factor(what, 0:2)) ~ 1, d), times = day, extend = TRUE)$pstate[, 2]
rows <- list()
rmst <- numeric(0); rmst_v <- numeric(0)
for (s in 1:5) {
  d1 <- x[x$stratum == s & x$arm == 1, ]; d0 <- x[x$stratum == s & x$arm == 2, ]
  a <- risk(d1, 60); b <- risk(d0, 60)
  mean_of <- function(d) summary(survfit(Surv(days, what > 0) ~ 1, d), rmean = 80)$table[c("rmean", "se(rmean)")]
  m1 <- mean_of(d1); m0 <- mean_of(d0)
  rmst <- c(rmst, m1[[1]] - m0[[1]]); rmst_v <- c(rmst_v, m1[[2]]^2 + m0[[2]]^2)
  rows[[s]] <- data.frame(stratum = s, n1 = nrow(d1), n0 = nrow(d0), risk1 = a, risk0 = b, difference = a - b,
                          rmst_difference = m1[[1]] - m0[[1]], rmst_error = sqrt(m1[[2]]^2 + m0[[2]]^2))
}
w <- 1 / rmst_v
all <- do.call(rbind, rows)
all$q_rmst <- sum(w * (rmst - sum(w * rmst) / sum(w))^2)
for (k in names(all)[4:9]) all[[k]] <- sprintf("%.17g", all[[k]])
write.csv(all, "tests/reference/score_strata_answers.csv", row.names = FALSE, quote = FALSE)
