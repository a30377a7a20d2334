# SPDX-License-Identifier: GPL-3.0-or-later
# lalonde.R - 614 men of the National Supported Work demonstration and the PSID, and what R makes of them.
#
#     Rscript scripts/references/lalonde.R        writes tests/reference/lalonde*.csv
#
# Data: MatchIt::lalonde (MatchIt 4.5.1, GPL-2 or later), a part of the data of Lalonde 1986 and Dehejia & Wahba 1999,
# doi:10.1080/01621459.1999.10473858.  score: fitted value of glm(binomial), fitted to 1e-15.

suppressMessages(library(MatchIt))
data(lalonde)
tight <- glm.control(epsilon = 1e-15, maxit = 100)
fit <- glm(treat ~ age + educ + race + married + nodegree + re74 + re75, binomial, lalonde, control = tight)
score <- fitted(fit)
text <- function(x) if (is.factor(x)) as.character(x) else sprintf("%.17g", x)
write.csv(as.data.frame(lapply(cbind(lalonde, score = score), text)), "tests/reference/lalonde.csv", row.names = FALSE,
          quote = FALSE)

# Greedy nearest neighbours, the largest score first, the first control in order among equals.
greedy <- function(caliper) {
  treated <- which(lalonde$treat == 1); control <- which(lalonde$treat == 0); used <- rep(FALSE, nrow(lalonde)); pairs <- NULL
  for (i in treated[order(-score[treated])]) {
    d <- abs(score[control] - score[i]); d[used[control]] <- Inf
    j <- which.min(d)
    if (d[j] <= caliper) { used[control[j]] <- TRUE; pairs <- rbind(pairs, c(i, control[j])) }
  }
  pairs
}
row <- function(caliper) {
  p <- greedy(caliper)
  data.frame(caliper = sprintf("%.17g", caliper), pairs = nrow(p),
             distance = sprintf("%.17g", sum(sort(abs(score[p[, 1]] - score[p[, 2]])))))
}
write.csv(do.call(rbind, lapply(c(1, 0.2, 0.05, 0.001) * sd(score), row)), "tests/reference/lalonde_match.csv",
          row.names = FALSE, quote = FALSE)
