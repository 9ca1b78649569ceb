* --- functions ----------------------------------------------------------------------------------
*
* In memory there is one row for each respondent, then one for each case found not eligible. All
* figures come from weighted totals of z: the estimate's own error is that of a total.

* The variance of the weighted total of z: what totals of the population explain is taken off first.
capture program drop souspli_variance
program define souspli_variance, rclass
    args z plain
    tempvar t u r
    quietly generate double `t' = `z' * weight
    local taken = cond("`plain'" == "", $steps, 0)
    forvalues k = 1/`taken' {
        quietly generate double `u' = `t' / step_`k'_after
        quietly regress `u' ${margins_`k'} [aweight = step_`k'_before], noconstant
        quietly predict double `r' if e(sample), residuals
        quietly replace `t' = `r' * step_`k'_after if !missing(`r')
        drop `u' `r'
    }
    quietly replace `t' = `t' / weight
    quietly svy: total `t'
    matrix V = e(V)
    return scalar v = V[1, 1]
end

* What missing answers add to it: those who gave one are a sample of the domain, a stage more, within each
* stratum of the last stage.
capture program drop souspli_answering
program define souspli_answering, rclass
    args z valid inside
    tempvar share c drawn asked told t centre off
    quietly generate double `share' = 1
    forvalues k = 1/$stages {
        capture drop `c' `drawn'
        quietly egen byte `c' = tag(stratum_`k' cluster_`k')
        quietly egen double `drawn' = total(`c'), by(stratum_`k')
        quietly replace `share' = `share' * cond(missing(population_`k'), 0, `drawn' / population_`k')
    }
    quietly egen double `asked' = total(`inside'), by(stratum_$stages)
    quietly egen double `told' = total(`valid'), by(stratum_$stages)
    quietly generate double `t' = cond(`valid', `z' * weight, 0)
    quietly egen double `centre' = total(`t'), by(stratum_$stages)
    quietly replace `centre' = cond(`told' > 1, `centre' / `told', 0)
    quietly generate double `off' = `share' * (1 - `told' / `asked') * cond(`told' > 1, `told' / (`told' - 1), 1) * (`t' - `centre')^2 if `valid'
    quietly summarize `off', meanonly
    return scalar v = cond(r(N) > 0, r(sum), 0)
end

* The variance of an estimate, missing answers counted; `met' where totals of the population make it known:
* the variance is rounding error, and was not before. What everybody has shows none in any case.
capture program drop souspli_error
program define souspli_error, rclass
    args z valid inside alike
    souspli_variance `z'
    local v = max(r(v), 0)
    souspli_answering `z' `valid' `inside'
    local v = `v' + r(v)
    local met = 0
    if $steps > 0 & !`alike' {
        souspli_variance `z' plain
        local met = `v' <= 1e-12 * r(v)
    }
    return scalar v = `v'
    return scalar met = `met'
end

* Clusters less strata of the first stage, of the strata in which some rows are.
capture program drop souspli_df
program define souspli_df, rclass
    args inside
    tempvar some c h one
    quietly egen byte `one' = tag(cluster_1) if `inside'
    quietly count if `one' == 1
    if r(N) < 2 {
        return scalar df = 0
        exit
    }
    quietly egen `some' = max(`inside' != 0), by(stratum_1)
    quietly egen byte `c' = tag(cluster_1) if `some' == 1
    quietly egen byte `h' = tag(stratum_1) if `some' == 1
    quietly count if `c' == 1
    local clusters = r(N)
    quietly count if `h' == 1
    return scalar df = `clusters' - r(N)
end

* n / (1 + CV^2): what some rows tell where the sample shows no variance at all.
capture program drop souspli_alone
program define souspli_alone, rclass
    args among
    tempvar w w2
    quietly generate double `w' = weight * (`among')
    quietly generate double `w2' = `w'^2
    quietly summarize `w', meanonly
    local sum = r(sum)
    quietly summarize `w2', meanonly
    return scalar alone = `sum'^2 / r(sum)
end

* The interval of a share: Korn and Graubard (beta), logit or Wilson; at 0 and 1 beta limits.
capture program drop souspli_share
program define souspli_share, rclass
    args p v n df level method alone
    return scalar low = .
    return scalar high = .
    if `df' < 1 exit
    local tail = (1 - `level') / 2
    local spread = `p' * (1 - `p')
    local size = `alone'
    if `spread' > 0 & `v' > 1e-12 * `spread' local size = `spread' / `v'
    local t = invttail(`df', `tail')
    if "`method'" == "logit" & `spread' > 0 {
        return scalar low = invlogit(logit(`p') - `t' / sqrt(`size' * `spread'))
        return scalar high = invlogit(logit(`p') + `t' / sqrt(`size' * `spread'))
        exit
    }
    if "`method'" == "wilson" & `spread' > 0 {
        local middle = (`p' + `t'^2 / (2 * `size')) / (1 + `t'^2 / `size')
        local reach = sqrt(`t'^2 * (`spread' / `size' + `t'^2 / (4 * `size'^2))) / (1 + `t'^2 / `size')
        return scalar low = `middle' - `reach'
        return scalar high = `middle' + `reach'
        exit
    }
    local size = `size' * (invttail(`n' - 1, `tail') / `t')^2
    return scalar low = 0
    return scalar high = 1
    if `p' > 0 return scalar low = invibeta(`size' * `p', `size' * (1 - `p') + 1, `tail')
    if `p' < 1 return scalar high = invibeta(`size' * `p' + 1, `size' * (1 - `p'), 1 - `tail')
end

* Exact, for k of n people drawn at random from N: the numbers that neither tail rules out.
capture program drop souspli_counted
program define souspli_counted, rclass
    args k n N level
    local tail = (1 - `level') / 2
    local low = .
    local high = .
    local last = `N' - (`n' - `k')
    forvalues K = `k'/`last' {
        local many = 1
        local few = 1
        if `k' - 1 >= max(0, `n' - `N' + `K') local many = 1 - hypergeometric(`N', `K', `n', `k' - 1)
        if `k' < min(`K', `n') local few = hypergeometric(`N', `K', `n', `k')
        if `many' > `tail' & `few' > `tail' {
            if missing(`low') local low = `K'
            local high = `K'
        }
    }
    return scalar low = `low'
    return scalar high = `high'
end

* The least of the values that a share p of the weight does not exceed.
capture program drop souspli_at
program define souspli_at, rclass
    args x valid p
    tempvar w
    sort `x' row
    quietly generate double `w' = sum(cond(`valid', weight, 0))
    local whole = `w'[_N]
    quietly summarize `x' if `valid' & `w' >= (`p' - 1e-10) * `whole', meanonly
    local found = r(min)
    if missing(`found') {
        quietly summarize `x' if `valid', meanonly
        local found = r(max)
    }
    sort row
    return scalar at = `found'
end

capture program drop souspli_show
program define souspli_show
    args name value
    if !missing(`value') display as text "  `name'" _column(24) as result %21.15g `value'
end

* total, mean, prop, ratio (above over below) and quantile among the rows `within'.
capture program drop souspli_estimate
program define souspli_estimate
    syntax, kind(string) above(varname) [below(varname) within(varname) order(real 0.5) ///
        level(real 0.95) method(string) known nolimits]
    tempvar inside valid y x t z
    quietly generate byte `inside' = eligible == 1
    if "`within'" != "" quietly replace `inside' = 0 if missing(`within') | `within' == 0
    quietly generate double `y' = `above'
    quietly generate double `x' = 1
    if "`kind'" == "ratio" quietly replace `x' = `below'
    quietly generate byte `valid' = `inside' & !missing(`y') & !missing(`x')
    quietly count if eligible == 1 & !missing(`y') & !inlist(`y', 0, 1)
    local is_share = (r(N) == 0) & inlist("`kind'", "prop", "mean", "total")
    quietly replace `y' = 0 if !`valid'
    quietly replace `x' = 0 if !`valid'
    quietly count if `valid'
    local n = r(N)
    quietly count if `inside'
    local n_inside = r(N)
    local census = $is_census & `n' == `n_inside'
    quietly summarize `y' if `valid', meanonly
    local alike = r(min) == r(max)
    quietly summarize `x' if `valid', meanonly
    local alike = `alike' & r(min) == r(max)
    souspli_show respondents `n'
    souspli_show missing `=`n_inside' - `n''
    souspli_df `inside'
    local df = r(df)
    quietly generate double `t' = weight * `x'
    quietly summarize `t', meanonly
    local size = r(sum)
    local tail = (1 - `level') / 2
    if "`kind'" == "quantile" {
        souspli_at `y' `valid' `order'
        local value = r(at)
        souspli_show estimate `value'
        if "`known'" != "" exit
        if `census' {
            souspli_show standard_error 0
            souspli_show low `value'
            souspli_show high `value'
            souspli_show df `df'
            exit
        }
        if "`limits'" != "" {
            souspli_show df `df'
            exit
        }
        * How much the sample tells of the share `order': what it tells of that at or below the value,
        * or of that below it, whichever is nearer (with ties they differ).
        local nearest = .
        foreach sign in <= < {
            quietly replace `t' = weight * (`valid' & `y' `sign' `value')
            quietly summarize `t', meanonly
            local share = min(r(sum) / `size', 1)
            capture drop `z'
            quietly generate double `z' = ((`valid' & `y' `sign' `value') - `share' * `valid') / `size'
            souspli_error `z' `valid' `inside' 1
            local away = round(abs(`share' - `order'), 1e-9)
            if `away' < `nearest' {
                local nearest = `away'
                local p = `share'
                local v = max(r(v), 0)
            }
        }
        souspli_alone `valid'
        local effective = r(alone)
        local spread = `p' * (1 - `p')
        if `spread' > 0 & `v' > 1e-12 * `spread' local effective = `spread' / `v'
        souspli_share `order' `=`order' * (1 - `order') / `effective'' `n_inside' `df' `level' "`method'" `effective'
        local below = r(low)
        local above = r(high)
        souspli_at `y' `valid' `below'
        local low = r(at)
        souspli_at `y' `valid' `above'
        local high = r(at)
        souspli_show standard_error `=(`high' - `low') / (2 * invttail(`df', `tail'))'
        souspli_show low `low'
        souspli_show high `high'
        souspli_show df `df'
        exit
    }
    quietly replace `t' = weight * `y'
    quietly summarize `t', meanonly
    local sum = r(sum)
    local value = `sum'
    quietly generate double `z' = `y'
    if "`kind'" != "total" {
        local value = `sum' / `size'
        quietly replace `z' = (`y' - `value' * `x') / `size'
    }
    souspli_error `z' `valid' `inside' `alike'
    local v = r(v)
    local met = r(met) & "`known'" == ""
    if `met' local v = 0
    souspli_show estimate `value'
    souspli_show standard_error `=sqrt(`v')'
    souspli_show df `df'
    if "`known'" != "" exit
    if `is_share' {
        quietly summarize `y', meanonly
        local k = r(sum)
        local number = `value'
        local v_number = `v'
        if "`kind'" != "total" {
            quietly replace `t' = weight * `inside'
            quietly summarize `t', meanonly
            local people = r(sum)
            local number = `value' * `people'
            tempvar raised
            quietly generate double `raised' = `people' * `z' + `value' * `inside'
            souspli_error `raised' `valid' `inside' `alike'
            local v_number = r(v)
            local met_number = r(met)
            if `met' | (`census' & !$is_simple) {
                local low = `value'
                local high = `value'
            }
            else if $is_simple & `n' == _N & inlist("`method'", "", "hypergeometric") {
                souspli_counted `k' `n' $population `level'
                local low = r(low) / $population
                local high = r(high) / $population
            }
            else {
                souspli_alone `valid'
                souspli_share `value' `v' `n_inside' `df' `level' "`method'" `=r(alone)'
                local low = r(low)
                local high = r(high)
            }
            souspli_show low `low'
            souspli_show high `high'
        }
        else local met_number = `met'
        if `met_number' | (`census' & !$is_simple) {
            local low = `number'
            local high = `number'
        }
        else if $is_simple & `n' == `n_inside' & inlist("`method'", "", "hypergeometric") {
            souspli_counted `k' `=_N' $population `level'
            local low = r(low)
            local high = r(high)
        }
        else {
            quietly summarize weight, meanonly
            local whole = r(sum)
            * Where the whole is an estimate itself they may be more than it: then of twice as many.
            if `number' > 0 & !$is_sum_known local whole = 2 * `whole'
            souspli_alone "!`inside' | `valid'"
            souspli_share `=min(`number' / `whole', 1)' `=`v_number' / `whole'^2' `=_N' $df `level' "`method'" `=r(alone)'
            local low = r(low) * `whole'
            local high = r(high) * `whole'
            if `alike' {
                * Nobody of the domain, or everybody: that of the share, times the people of the domain.
                local of_domain = `number'
                if `number' == 0 {
                    quietly summarize weight if `inside', meanonly
                    local of_domain = r(sum)
                }
                souspli_alone `valid'
                souspli_share `=`number' > 0' 0 `n_inside' `df' `level' "`method'" `=r(alone)'
                local own = `number' > 0 & `v_number' > 1e-12 * `of_domain'^2
                local low = cond(`own', min(`low', r(low) * `of_domain'), r(low) * `of_domain')
                local high = cond(`own', max(`high', r(high) * `of_domain'), r(high) * `of_domain')
            }
        }
        if "`kind'" == "total" {
            souspli_show low `low'
            souspli_show high `high'
        }
        else {
            souspli_show people `number'
            souspli_show people_low `low'
            souspli_show people_high `high'
        }
    }
    else {
        local reach = 0
        if !`census' & !`met' local reach = invttail(`df', `tail') * sqrt(`v')
        souspli_show low `=`value' - `reach''
        souspli_show high `=`value' + `reach''
    }
    * The design effect: over the variance of a simple random sample of as many people.
    quietly replace `t' = weight * `valid'
    quietly summarize `t', meanonly
    local whole = r(sum)
    if !`met' & !`alike' & `n' > 1 & `whole' > `n' * (1 + 1e-9) {
        quietly replace `t' = weight * `z' * `valid'
        quietly summarize `t', meanonly
        local mean = r(sum) / `whole'
        quietly replace `t' = weight * (`z' - `mean')^2 * `valid'
        quietly summarize `t', meanonly
        local simple = `whole'^2 * (1 - `n' / `whole') / `n' * (r(sum) / `whole' * `n' / (`n' - 1))
        if `simple' > 0 souspli_show design_effect `=`v' / `simple''
    }
end

* Whether two answers go together: Rao and Scott's correction of the second order, as svy: tabulate.
* Stata does not take off what totals of the population explain: with such totals it differs.
capture program drop souspli_independence
program define souspli_independence
    syntax, one(varname) other(varname) [within(varname)]
    tempvar inside
    quietly generate byte `inside' = eligible == 1 & !missing(`one') & !missing(`other')
    if "`within'" != "" quietly replace `inside' = 0 if missing(`within') | `within' == 0
    quietly svy, subpop(`inside'): tabulate `one' `other'
    souspli_show statistic `=e(F_Pear)'
    souspli_show df1 `=e(df1_Pear)'
    souspli_show df2 `=e(df2_Pear)'
    souspli_show p `=e(p_Pear)'
end

* Whether as many changed one way as the other: McNemar's test, exact.
capture program drop souspli_changes
program define souspli_changes
    syntax, difference(varname) [within(varname)]
    tempvar inside
    quietly generate byte `inside' = eligible == 1 & !missing(`difference')
    if "`within'" != "" quietly replace `inside' = 0 if missing(`within') | `within' == 0
    quietly count if `inside' & `difference' < 0
    local down = r(N)
    quietly count if `inside' & `difference' > 0
    local least = min(`down', r(N))
    local n = `down' + r(N)
    souspli_show statistic `least'
    souspli_show p `=min(1, 2 * binomial(`n', `least', 0.5))'
end
