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

write.csv(cases, file.path(out, "cases.csv"), row.names = FALSE, quote = 1:4)
write.table(answers, file.path(out, "answers.txt"), sep = "|", row.names = FALSE, quote = FALSE)
