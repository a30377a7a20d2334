# SPDX-License-Identifier: GPL-3.0-or-later
# Answers of R about Cox regressions, for tests/pipeline/fit/test_fit_cox.sh.
#   Rscript scripts/references/cox.R FOLDER      writes cases.csv, answers.txt and the data they use into FOLDER
# Made with R 4.2.2, survival 3.5-3, rms 6.5-0.  Fits go to eps 1e-15: the default stops at 1e-9.
suppressMessages({library(survival); library(rms)})
out <- commandArgs(TRUE)[1]
control <- suppressWarnings(coxph.control(eps = 1e-15, iter.max = 60))
options(warn = 1)
cases <- answers <- NULL

value <- function(id, measure, term, field, x)
    answers <<- rbind(answers, data.frame(id, measure, term, field, value = trimws(formatC(x, digits = 17, format = "g"))))

# R stops when the likelihood no longer changes, which its coefficients may still do in the ninth digit: once more
# from there.  Score test and null likelihood are those of the first fit.
sharpen <- function(fit) {
    if (is.null(coef(fit))) return(fit)
    call <- fit$call
    call$init <- coef(fit)
    again <- eval(call, parent.frame(2))
    again$score <- fit$score
    again$loglik[1] <- fit$loglik[1]
    again
}

# names: ours for R's coefficients; terms: ours for the rows of cox.zph
case <- function(id, file, formula, options, fit, names = names(coef(fit)), terms = NULL, zph = "km",
                 concordance = TRUE) {
    fit <- sharpen(fit)
    cases <<- rbind(cases, data.frame(id, file, formula, options))
    se <- if (is.null(fit$var)) NULL else sqrt(base::diag(as.matrix(fit$var)))
    for (j in seq_along(names)) if (!is.na(coef(fit)[j])) {
        value(id, "log_hazard_ratio", names[j], "estimate", coef(fit)[[j]])
        value(id, "log_hazard_ratio", names[j], "std_error", se[j])
        value(id, "hazard_ratio", names[j], "estimate", exp(coef(fit)[[j]]))
    }
    value(id, "loglik", "null", "estimate", fit$loglik[1])
    value(id, "loglik", "model", "estimate", fit$loglik[length(fit$loglik)])
    if (!is.null(coef(fit))) {
        value(id, "wald_test", "", "statistic", drop(coef(fit) %*% solve(fit$var, coef(fit))))
        value(id, "score_test", "", "statistic", fit$score)
        value(id, "lr_test", "", "statistic", 2 * diff(fit$loglik))
        if (concordance) {
            value(id, "concordance", "", "estimate", fit$concordance[["concordance"]])
            value(id, "concordance", "", "std_error", fit$concordance[["std"]])
        }
    }
    if (!is.null(terms)) {
        z <- cox.zph(fit, transform = zph)$table
        stopifnot(nrow(z) == length(terms) + 1)
        for (k in seq_along(c(terms, "GLOBAL"))) {
            value(id, "ph_test", c(terms, "GLOBAL")[k], "statistic", z[k, "chisq"])
            value(id, "ph_test", c(terms, "GLOBAL")[k], "df", z[k, "df"])
            value(id, "ph_test", c(terms, "GLOBAL")[k], "p_value", z[k, "p"])
        }
    }
}
save <- function(data, file) write.csv(data, file.path(out, file), row.names = FALSE, na = "", quote = FALSE)

# ---- lung: age, sex, ECOG performance; one row lacks ph.ecog, another the institution -------------------------------
lung$event <- lung$status - 1
lung$ecog <- factor(lung$ph.ecog)
lung$w <- round(0.25 + (seq_len(nrow(lung)) * 37 %% 91) / 70, 3)
lung$f <- 1 + (seq_len(nrow(lung)) * 7) %% 3
save(lung[c("time", "event", "age", "sex", "ph.ecog", "inst", "wt.loss", "w", "f")], "lung.csv")
three <- c("age", "sex", "ph.ecog")
for (ties in c("efron", "breslow", "exact")) {
    f <- coxph(Surv(time, event) ~ age + sex + ph.ecog, lung, ties = ties, control = control)
    case(paste0("lung_", ties), "lung.csv", "Surv(time, event) ~ age + sex + ph.ecog", paste("--ties", ties), f, three,
         three)
}
for (transform in c("identity", "rank", "log")) {
    f <- coxph(Surv(time, event) ~ age + sex + ph.ecog, lung, control = control)
    case(paste0("lung_zph_", transform), "lung.csv", "Surv(time, event) ~ age + sex + ph.ecog",
         paste("--zph", transform), f, three, three, transform)
}
f <- coxph(Surv(time, event) ~ age + sex + ph.ecog, lung, cluster = inst, control = control)
case("lung_cluster", "lung.csv", "Surv(time, event) ~ age + sex + ph.ecog", "--cluster inst", f, three)
f <- coxph(Surv(time, event) ~ age + sex + ph.ecog, lung, cluster = inst, ties = "breslow", control = control)
case("lung_cluster_breslow", "lung.csv", "Surv(time, event) ~ age + sex + ph.ecog",
     "--cluster inst --ties breslow", f, three)
f <- coxph(Surv(time, event) ~ age + sex, lung, robust = TRUE, control = control)
case("lung_robust", "lung.csv", "Surv(time, event) ~ age + sex", "--robust", f, c("age", "sex"))
f <- coxph(Surv(time, event) ~ age + sex, lung, weights = w, robust = TRUE, control = control)
case("lung_sampling", "lung.csv", "Surv(time, event) ~ age + sex", "--weights w --weight-type sampling", f,
     c("age", "sex"), c("age", "sex"))
f <- coxph(Surv(time, event) ~ age + sex, lung, weights = w, cluster = inst, ties = "breslow", control = control)
case("lung_sampling_cluster", "lung.csv", "Surv(time, event) ~ age + sex",
     "--weights w --weight-type sampling --cluster inst --ties breslow", f, c("age", "sex"))
copies <- lung[rep(seq_len(nrow(lung)), lung$f), ]
for (ties in c("efron", "breslow", "exact")) {
    f <- coxph(Surv(time, event) ~ age + sex, copies, ties = ties, control = control)
    case(paste0("lung_frequency_", ties), "lung.csv", "Surv(time, event) ~ age + sex", paste("--weights f --ties", ties),
         f, c("age", "sex"), c("age", "sex"))
}
f <- coxph(Surv(time, event) ~ age + sex, copies, robust = TRUE, control = control)
case("lung_frequency_robust", "lung.csv", "Surv(time, event) ~ age + sex", "--weights f --robust", f, c("age", "sex"))
f <- coxph(Surv(time, event) ~ age + sex + strata(ph.ecog), lung, control = control)
case("lung_strata", "lung.csv", "Surv(time, event) ~ age + sex + strata(ph.ecog)", "", f, c("age", "sex"),
     c("age", "sex"))
f <- coxph(Surv(time, event) ~ age * factor(sex) + ecog, lung, control = control)
case("lung_factors", "lung.csv", "Surv(time, event) ~ age * factor(sex) + factor(ph.ecog)", "", f,
     c("age", "factor(sex)=2", "factor(ph.ecog)=1", "factor(ph.ecog)=2", "factor(ph.ecog)=3", "age:factor(sex)=2"),
     c("age", "factor(sex)=2", "factor(ph.ecog)", "age:factor(sex)=2"))
f <- coxph(Surv(time, event) ~ sex + offset(0.01 * age), lung, control = control)
lung$o <- 0.01 * lung$age
save(lung[c("time", "event", "sex", "o")], "lung_offset.csv")
case("lung_offset", "lung_offset.csv", "Surv(time, event) ~ sex + offset(o)", "", f, "sex")
f <- coxph(Surv(time, event) ~ 1, lung, control = control)
case("lung_null", "lung.csv", "Surv(time, event) ~ 1", "", f, character(0))
full <- lung[!is.na(lung$age), ]
knots <- rcspline.eval(full$age, nk = 4, knots.only = TRUE)
f <- coxph(Surv(time, event) ~ rcspline.eval(age, knots = knots, inclx = TRUE) + sex, full, control = control)
case("lung_spline", "lung.csv", "Surv(time, event) ~ rcs(age, 4) + sex", "", f, c("age", "age'", "age''", "sex"),
     c("rcs(age, 4)", "sex"))

# ---- heart: start-stop, a time-varying factor ------------------------------------------------------------------------
save(heart, "heart.csv")
two <- c("age", "factor(transplant)=1")
for (ties in c("efron", "breslow")) {
    f <- coxph(Surv(start, stop, event) ~ age + factor(transplant), heart, ties = ties, control = control)
    case(paste0("heart_", ties), "heart.csv", "Surv(start, stop, event) ~ age + factor(transplant)",
         paste("--ties", ties), f, two, two)
}
f <- coxph(Surv(start, stop, event) ~ age + factor(transplant), heart, ties = "exact", control = control)
case("heart_exact", "heart.csv", "Surv(start, stop, event) ~ age + factor(transplant)", "--ties exact", f, two)
f <- coxph(Surv(start, stop, event) ~ age * factor(surgery) + strata(transplant), heart, cluster = id,
           control = control)
case("heart_strata_cluster", "heart.csv", "Surv(start, stop, event) ~ age * factor(surgery) + strata(transplant)",
     "--cluster id", f, c("age", "factor(surgery)=1", "age:factor(surgery)=1"))

# ---- recurrent infections: Andersen-Gill, Prentice-Williams-Peterson in total and gap time ----------------------------
cgd$treatment <- ifelse(cgd$treat == "placebo", "a_placebo", "b_rIFN-g")
cgd$gap <- cgd$tstop - cgd$tstart
save(cgd[c("id", "tstart", "tstop", "gap", "status", "treatment", "enum", "age", "sex")], "cgd.csv")
treat <- "treatment=b_rIFN-g"
f <- coxph(Surv(tstart, tstop, status) ~ treatment, cgd, cluster = id, control = control)
case("cgd_andersen_gill", "cgd.csv", "Surv(tstart, tstop, status) ~ treatment", "--cluster id", f, treat)
f <- coxph(Surv(tstart, tstop, status) ~ treatment + strata(enum), cgd, cluster = id, control = control)
case("cgd_pwp_total", "cgd.csv", "Surv(tstart, tstop, status) ~ treatment + strata(enum)", "--cluster id", f, treat)
f <- coxph(Surv(gap, status) ~ treatment + strata(enum), cgd, cluster = id, control = control)
case("cgd_pwp_gap", "cgd.csv", "Surv(gap, status) ~ treatment + strata(enum)", "--cluster id", f, treat)

# The same with the arrangement made by the program; superficial bladder tumours, whose rows name the end alone.
b <- bladder2
b$gap <- b$stop - b$start
save(b[c("id", "stop", "event", "rx", "number", "size")], "bladder.csv")
columns <- c("rx", "number", "size")
for (data in c("cgd", "bladder")) for (kind in c("andersen-gill", "pwp-total", "pwp-gap")) {
    right <- if (data == "cgd") "treatment" else "rx + number + size"
    outcome <- if (data == "cgd") c("tstart", "tstop", "status") else c("start", "stop", "event")
    surv <- if (kind == "pwp-gap") sprintf("Surv(gap, %s)", outcome[3]) else sprintf("Surv(%s)", toString(outcome))
    f <- coxph(as.formula(paste(surv, "~", right, if (kind != "andersen-gill") "+ strata(enum)")),
               if (data == "cgd") cgd else b, cluster = id, control = control)
    case(paste(data, "recurrent", kind, sep = "_"), paste0(data, ".csv"),
         if (data == "cgd") "Surv(tstart, tstop, status) ~ treatment" else "Surv(stop, event) ~ rx + number + size",
         paste("--recurrent", kind, "--id id"), f, if (data == "cgd") treat else columns)
}

# ---- veteran: a factor of four levels; decimal times as they are ------------------------------------------------------
save(veteran, "veteran.csv")
f <- coxph(Surv(time, status) ~ celltype + karno + trt, veteran, control = control)
case("veteran", "veteran.csv", "Surv(time, status) ~ factor(celltype, ref='squamous') + karno + trt", "", f,
     c("factor(celltype)=smallcell", "factor(celltype)=adeno", "factor(celltype)=large", "karno", "trt"),
     c("factor(celltype)", "karno", "trt"))

# ---- leukaemia data of the textbooks, and the survival package's validation sets --------------------------------------
one <- data.frame(time = c(1, 1, 6, 6, 8, 9), status = c(1, 0, 1, 1, 0, 1), x = c(1, 1, 1, 0, 0, 0))
save(one, "validate1.csv") # with exact ties its coefficient does not exist
for (ties in c("efron", "breslow")) {
    f <- coxph(Surv(time, status) ~ x, one, ties = ties, control = control)
    case(paste0("validate1_", ties), "validate1.csv", "Surv(time, status) ~ x", paste("--ties", ties), f, "x",
         if (ties != "exact") "x")
}
two <- data.frame(start = c(1, 2, 5, 2, 1, 7, 3, 4, 8, 8), stop = c(2, 3, 6, 7, 8, 9, 9, 9, 14, 17),
                  status = c(1, 1, 1, 1, 1, 1, 1, 0, 0, 0), x = c(1, 0, 0, 1, 0, 1, 1, 1, 0, 0))
save(two, "validate2.csv")
for (ties in c("efron", "breslow", "exact")) {
    f <- coxph(Surv(start, stop, status) ~ x, two, ties = ties, control = control)
    case(paste0("validate2_", ties), "validate2.csv", "Surv(start, stop, status) ~ x", paste("--ties", ties), f, "x",
         if (ties != "exact") "x")
}

# ---- pathological inputs, which lie in catalogue/ -----------------------------------------------------------------------
catalogue <- function(name, terms, ties = c("efron", "breslow"), options = "", time = "time", strata = "", weights = NULL,
                      label = "", timefix = FALSE) {
    file <- file.path("catalogue", paste0(name, ".csv"))
    assign("rows_read", read.csv(file.path(out, file)), globalenv()) # where a call that is repeated finds it
    if (!is.null(weights)) rows_read$case_weight <<- rows_read[[weights]]
    outcome <- paste0("Surv(", if ("start" %in% names(rows_read)) "start, ", time, ", status)")
    formula <- paste(outcome, "~", paste(terms, collapse = " + "), strata)
    for (t in ties) {
        used <- coxph.control(eps = 1e-15, iter.max = 60, timefix = timefix)
        call <- call("coxph", as.formula(formula), quote(rows_read), ties = t, control = used)
        if (!is.null(weights)) { call$weights <- quote(case_weight); call$robust <- TRUE }
        f <- suppressWarnings(eval(call, globalenv()))
        case(paste0(name, label, "_", t), file, formula, paste0("--ties ", t, options), f, terms, concordance = FALSE)
    }
}
sharpened <- sharpen
sharpen <- function(fit) if (anyNA(coef(fit)) || is.null(fit$call$data)) fit else {
    call <- fit$call
    call$init <- coef(fit)
    again <- suppressWarnings(tryCatch(eval(call, globalenv()), error = function(e) eval(call, parent.frame(3))))
    again$score <- fit$score
    again$loglik[1] <- fit$loglik[1]
    again
}
all <- c("efron", "breslow", "exact")
catalogue("A04_aml", "x", all)
catalogue("A05_freireich", "x", all)
catalogue("A08_colon_3arm", c("x", "age", "nodes"))
catalogue("B05_all_events_same_time", "x")
catalogue("B11_time_zero", "x")
catalogue("B14_huge_times", "x")
catalogue("B15_timefix", "x", time = "time_days", label = "_days")
catalogue("B15_timefix", "x", label = "_as_given")
catalogue("B15_timefix", "x", options = " --timefix", label = "_merged", timefix = TRUE)
catalogue("B17_empty_stratum", "x", strata = "+ strata(site)")
catalogue("B24_weights_fractional", "x", options = " --weights wt --weight-type sampling", weights = "wt")
catalogue("C01_baseline", c("x", "x2"))
catalogue("C05_scaling_large", "x")
catalogue("C09_outlier", "x")
catalogue("C10_exp_overflow", "x")
catalogue("C12_useless_interval", "x")
catalogue("C13_heavy_ties", c("x", "x2"), all)
sharpen <- sharpened

# ---- Firth's penalty: the maximum of loglik + log det(information) / 2, found by a general optimiser ------------------
penalised <- function(formula, data, ties) {
    at <- function(b) coxph(formula, data, ties = ties, init = b, control = coxph.control(iter.max = 0))
    value <- function(b) { f <- at(b); f$loglik[1] - log(det(as.matrix(f$var))) / 2 }
    p <- length(coef(coxph(formula, data, ties = ties)))
    slope <- function(b) sapply(seq_along(b), function(j) {
        h <- 1e-3 * (seq_along(b) == j)
        (value(b - 2 * h) - 8 * value(b - h) + 8 * value(b + h) - value(b + 2 * h)) / (12e-3)
    })
    b <- optim(rep(0, p), value, slope, method = "BFGS", control = list(fnscale = -1, reltol = 1e-15, maxit = 500))$par
    for (k in 1:20) b <- b + drop(at(b)$var %*% slope(b))
    f <- at(b)
    list(coef = b, se = sqrt(base::diag(as.matrix(f$var))), null = value(rep(0, p)), model = value(b))
}
firth <- function(id, file, formula, options, data, right, ties, names) {
    cases <<- rbind(cases, data.frame(id, file, formula, options))
    f <- suppressWarnings(penalised(right, data, ties))
    for (j in seq_along(names)) {
        value(id, "log_hazard_ratio", names[j], "estimate", f$coef[j])
        value(id, "log_hazard_ratio", names[j], "std_error", f$se[j])
    }
    value(id, "loglik", "null", "estimate", f$null)
    value(id, "loglik", "model", "estimate", f$model)
}
apart <- data.frame(time = c(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), status = c(1, 1, 1, 1, 1, 0, 1, 1, 0, 1),
                    x = c(1, 1, 1, 1, 1, 0, 0, 0, 0, 0), z = c(2, 5, 1, 4, 3, 6, 2, 7, 4, 1))
save(apart, "apart.csv")
firth("firth_apart", "apart.csv", "Surv(time, status) ~ x", "--firth", apart, Surv(time, status) ~ x, "efron", "x")
firth("firth_apart_two", "apart.csv", "Surv(time, status) ~ x + z", "--firth", apart, Surv(time, status) ~ x + z,
      "efron", c("x", "z"))
firth("firth_ties", "validate1.csv", "Surv(time, status) ~ x", "--firth --ties breslow", one, Surv(time, status) ~ x,
      "breslow", "x")

# ---- gamma frailty: the whole penalised information, as here ------------------------------------------------------------
save(kidney[c("id", "time", "status", "age", "sex")], "kidney.csv")
f <- suppressWarnings(coxph(Surv(time, status) ~ age + sex + frailty(id, sparse = FALSE, eps = 1e-10), kidney,
                            control = coxph.control(eps = 1e-12, outer.max = 60)))
cases <- rbind(cases, data.frame(id = "frailty_kidney", file = "kidney.csv", formula = "Surv(time, status) ~ age + sex",
                                 options = "--frailty id"))
for (j in 1:2) {
    value("frailty_kidney", "log_hazard_ratio", c("age", "sex")[j], "estimate", coef(f)[[j]])
    value("frailty_kidney", "log_hazard_ratio", c("age", "sex")[j], "std_error", sqrt(base::diag(f$var)[j]))
}
value("frailty_kidney", "frailty_variance", "", "estimate", f$history[[1]]$theta)
value("frailty_kidney", "loglik", "model", "estimate", f$history[[1]]$c.loglik)

# ---- residuals and predicted curves, by line of the file ----------------------------------------------------------------
rows <- NULL
row <- function(id, line, term, value)
    rows <<- rbind(rows, data.frame(id, line, term, value = trimws(formatC(value, digits = 17, format = "g"))))
kinds <- c(martingale = "martingale", deviance = "deviance", score = "score", dfbeta = "dfbeta",
           schoenfeld = "schoenfeld", "scaled-schoenfeld" = "scaledsch")
residual_case <- function(id, file, formula, options, fit, names, events, line) {
    fit <- sharpen(fit)
    for (kind in base::names(kinds)) {
        x <- as.matrix(residuals(fit, kinds[[kind]]))
        at <- if (nrow(x) == length(line)) line else line[events]
        for (i in seq_len(nrow(x)))
            for (j in seq_len(ncol(x)))
                row(paste0(id, "_", kind), at[i], if (ncol(x) == 1 && kind %in% c("martingale", "deviance")) "" else names[j],
                    x[i, j])
        cases <<- rbind(cases, data.frame(id = paste0(id, "_", kind), file, formula,
                                          options = paste0("--residuals ", kind, options)))
    }
}
small <- lung[1:40, c("time", "event", "age", "sex")]
save(small, "small.csv")
sorted <- order(small$time) # Schoenfeld residuals come in the order of time
small_fit <- coxph(Surv(time, event) ~ age + sex, small[sorted, ], control = control)
residual_case("residuals", "small.csv", "Surv(time, event) ~ age + sex", "", small_fit, c("age", "sex"),
              small$event[sorted] == 1, sorted + 1)
breslow_fit <- coxph(Surv(time, event) ~ age + sex, small[sorted, ], ties = "breslow", control = control)
residual_case("residuals_breslow", "small.csv", "Surv(time, event) ~ age + sex", " --ties breslow", breslow_fit,
              c("age", "sex"), small$event[sorted] == 1, sorted + 1)
curve_case <- function(id, file, formula, options, fit, newdata) {
    fit <- sharpen(fit)
    s <- survfit(fit, newdata = newdata, se.fit = TRUE)
    keep <- s$n.event > 0
    for (i in which(keep)) {
        row(id, s$time[i], "cumulative_hazard", s$cumhaz[i])
        row(id, s$time[i], "std_error", s$std.err[i])
        row(id, s$time[i], "survival", s$surv[i])
        row(id, s$time[i], "conf_low", s$lower[i])
    }
    cases <<- rbind(cases, data.frame(id, file, formula, options))
}
curve_case("curve_zero", "small.csv", "Surv(time, event) ~ age + sex", "--curve zero", small_fit,
           data.frame(age = 0, sex = 0))
curve_case("curve_line", "small.csv", "Surv(time, event) ~ age + sex", "--curve 5", small_fit, small[4, ])
curve_case("curve_mean", "small.csv", "Surv(time, event) ~ age + sex", "--curve mean --ties breslow", breslow_fit,
           data.frame(age = mean(small$age), sex = mean(small$sex)))
write.table(rows, file.path(out, "rows.txt"), sep = "|", row.names = FALSE, quote = FALSE)

write.csv(cases, file.path(out, "cases.csv"), row.names = FALSE, quote = 1:4)
write.table(answers, file.path(out, "answers.txt"), sep = "|", row.names = FALSE, quote = FALSE)
