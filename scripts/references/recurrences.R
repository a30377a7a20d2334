# SPDX-License-Identifier: GPL-3.0-or-later
# Numbers of tests/pipeline/compare/test_recurrences.sh: Rscript scripts/references/recurrences.R people.csv use.csv ends.csv
suppressMessages(library(survival))
args <- commandArgs(trailingOnly = TRUE)
people <- read.csv(args[1])
use <- subset(read.csv(args[2]), what == "used" & day >= 1 & day <= 180)
ends <- read.csv(args[3])
rows <- do.call(rbind, lapply(people$id, function(i) {
    end <- min(180, ends$day[ends$id == i])
    day <- sort(unique(use$day[use$id == i & use$day <= end]))
    event <- day[diff(c(-1e6, day)) >= 14]
    stop <- c(event, if (!length(event) || max(event) < end) end)
    data.frame(id = i, start = head(c(0, stop), -1), stop = stop, event = as.integer(stop %in% event), number = seq_along(stop))
}))
rows <- merge(rows, people)
rows$arm <- factor(rows$arm, levels = c("inpatient", "iop"))
options(digits = 13)
cat(nrow(rows), "stretches,", sum(rows$event), "events\n")
curves <- summary(survfit(Surv(start, stop, event) ~ arm, data = rows, id = id), times = c(30, 90, 180), extend = TRUE)
print(data.frame(curves$strata, curves$time, curves$cumhaz, curves$std.chaz))
print(summary(coxph(Surv(start, stop, event) ~ arm + age, data = rows, cluster = id, ties = "breslow"))$coefficients)
print(summary(coxph(Surv(start, stop, event) ~ arm + strata(number), data = rows, cluster = id))$coefficients)
