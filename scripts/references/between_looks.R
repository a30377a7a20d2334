# SPDX-License-Identifier: GPL-3.0-or-later
# Numbers of tests/pipeline/compare/test_between_looks.sh: Rscript scripts/references/between_looks.R people.csv tests.csv
suppressMessages(library(survival))
args <- commandArgs(trailingOnly = TRUE)
people <- read.csv(args[1])
tests <- read.csv(args[2])
first <- function(x) if (length(x)) min(x) else NA
people$high <- sapply(people$id, function(i) first(tests$day[tests$id == i & tests$result == "positive"]))
people$low <- mapply(function(i, high) {
    before <- tests$day[tests$id == i & (is.na(high) | tests$day < high)]
    if (length(before)) max(before) else 0
}, people$id, people$high)
people$arm <- factor(people$arm, levels = c("inpatient", "iop"))
low <- ifelse(!is.na(people$high) & people$low == people$high - 1, people$high, people$low)
y <- Surv(low, people$high, type = "interval2")
options(digits = 12)
# survfit() stops EM long before its end, so that its survival is 2e-3 off here; this goes on until nothing changes.
turnbull <- function(low, high) {
    high[is.na(high)] <- Inf
    ends <- sort(unique(c(low, high)))
    left <- head(ends, -1)
    right <- tail(ends, -1)
    point <- unique(high[low == high])
    left <- c(left, point)
    right <- c(right, point)
    inside <- outer(seq_along(low), seq_along(left), function(i, j)
        ifelse(low[i] == high[i], left[j] == low[i] & right[j] == low[i], left[j] >= low[i] & right[j] <= high[i]))
    p <- rep(1 / length(left), length(left))
    repeat {
        weight <- inside %*% p
        new <- p * colSums(inside / as.vector(weight)) / length(low)
        if (max(abs(new - p)) < 1e-13) break
        p <- new
    }
    list(right = right, p = new)
}
for (arm in levels(people$arm)) {
    here <- people$arm == arm
    fit <- turnbull(low[here], people$high[here])
    cat(arm, "S(60), S(90):", sapply(c(60, 90), function(t) sum(fit$p[fit$right > t])), "\n")
}
tight <- survreg.control(rel.tolerance = 1e-13, maxiter = 100)
informative <- !(low == 0 & is.na(people$high))
age <- people$age
arm <- people$arm
y <- Surv(ifelse(low == 0, NA, low), people$high, type = "interval2")
print(summary(survreg(y ~ arm + age, subset = informative, control = tight))$table)
print(survreg(y ~ arm + age, subset = informative, control = tight)$loglik)
print(summary(survreg(y ~ arm, subset = informative, dist = "lognormal", control = tight))$table)
