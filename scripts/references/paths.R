# SPDX-License-Identifier: GPL-3.0-or-later
# Paths between states and recurrent events of small made-up sets, and R's answers.
#
#   Rscript scripts/references/paths.R        writes tests/reference/paths_rows.csv and paths_answers.csv
#
# Made with R 4.2.2, survival 3.5-3.  Rows: set, id, entry, time, from, to (-1: none), event (of the recurrent events).
# Answers: set, what, state, time, estimate, std_error; what = 0 occupation, 1 expected time up to `time`, 2 mean cumulative
# function.  Even sets start all people at 0 in state 0, odd ones in several states and at several times.
suppressMessages(library(survival))
set.seed(as.numeric(Sys.getenv("REFERENCE_SEED", "11")))
rows <- answers <- character()
number <- function(x) formatC(x, digits = 16, format = "g", width = 1)
for (set in 1:24) {
    n <- sample(c(6, 25, 60), 1)
    k <- sample(3:4, 1)
    step <- sample(c(1, 0.25), 1)
    d <- NULL
    for (id in 1:n) {
        t <- if (set %% 2 == 0) 0 else step * sample(c(0, 0, 0, 2), 1)
        state <- if (set %% 2 == 0) 0 else sample(0:(k - 1), 1)
        end <- t + step * sample(6:30, 1)
        repeat {
            stay <- step * sample(1:9, 1)
            to <- sample(setdiff(0:(k - 1), state), 1)
            if (t + stay >= end) { d <- rbind(d, c(id, t, end, state, -1)); break }
            d <- rbind(d, c(id, t, t + stay, state, to))
            t <- t + stay
            state <- to
        }
    }
    d <- data.frame(id = d[, 1], entry = d[, 2], time = d[, 3], from = d[, 4], to = d[, 5])
    d$event <- as.numeric(d$to == 1)
    rows <- c(rows, paste(set, d$id - 1, d$entry, d$time, d$from, d$to, d$event, sep = ","))
    states <- as.character(0:(k - 1))
    y <- Surv(d$entry, d$time, factor(d$to, c(-1, 0:(k - 1)), c("none", states)))
    {
        f <- survfit(y ~ 1, id = d$id, istate = factor(d$from, 0:(k - 1), states), influence = TRUE, timefix = FALSE)
        inside <- f$time <= max(d$time)
        at <- f$time[inside]
        at <- at[unique(round(seq(1, length(at), length.out = 5)))]
        s <- summary(f, times = at)
        for (state in states) {
            column <- match(state, f$states)
            if (is.na(column)) next
            answers <- c(answers, paste(set, 0, state, at, number(s$pstate[, column]), number(s$std.err[, column]), sep = ","))
        }
        # Integrals of the curve and of each person's influence up to tau; from 0 to the first time p(0) holds.
        tau <- as.numeric(quantile(f$time, .7))
        keep <- f$time < tau
        width <- diff(c(0, f$time[keep], tau))
        inf <- f$influence.pstate
        if (is.list(inf)) inf <- inf[[1]]
        first <- min(d$time[d$to >= 0])
        start <- d[d$entry < first & d$time >= first, ]
        p0 <- sapply(0:(k - 1), function(h) mean(start$from == h))
        ids <- unique(d$id)
        for (state in states) {
            column <- match(state, f$states)
            if (is.na(column)) next
            area <- sum(width * c(p0[as.numeric(state) + 1], f$pstate[keep, column]))
            u0 <- sapply(ids, function(i) sum((start$from[start$id == i] == as.numeric(state)) - p0[as.numeric(state) + 1]) / nrow(start))
            u <- inf[, , column]
            if (dim(inf)[2] == length(f$time) + 1) u <- u[, -1]
            total <- cbind(u0, u[, keep, drop = FALSE]) %*% width
            answers <- c(answers, paste(set, 1, state, tau, number(area), number(sqrt(sum(total^2))), sep = ","))
        }
    }
    f <- survfit(Surv(d$entry, d$time, d$event) ~ 1, id = d$id, robust = TRUE, timefix = FALSE)
    if (!is.null(f$std.chaz) && any(d$event == 1)) {
        at <- unique(round(seq(1, length(f$time), length.out = 6)))
        answers <- c(answers, paste(set, 2, 0, f$time[at], number(f$cumhaz[at]), number(f$std.chaz[at]), sep = ","))
    }
}
writeLines(c("set,id,entry,time,from,to,event", rows), "tests/reference/paths_rows.csv")
writeLines(c("set,what,state,time,estimate,std_error", answers), "tests/reference/paths_answers.csv")
