# What `diff`, `coverage`, `smoke`, `inspect` and `reference` say at the terminal.

count-play = { $count ->
    [one] 1 play
   *[other] { $count } plays
}

## diff: labels of at most eight characters

diff-first = first
diff-second = second
diff-differs = differs
diff-plays = plays
diff-result = result

diff-run = { $name }: { $began }, { $plays }, { $rules }
diff-run-cut = { $name }: { $began }, { $plays }, { $rules }, broken off
diff-rules = the rules ({ $first } and { $second }), so that what is told below may be theirs; { $known }
diff-rules-unknown = which, a run that was broken off does not tell
diff-rules-known = only the first asks: { $first }; only the second: { $second }
diff-rules-none = none
diff-day = the norm's day ({ $first } and { $second })
diff-version = the program's version ({ $first } and { $second })
diff-worse = Worse
diff-better = Better
diff-other = Otherwise, in what fails nothing
diff-new = New: only the second run played it
diff-gone = Gone: only the first run played it
diff-by-rule = By rule, over all plays of each run
diff-finding = finding
diff-count-worse = { $count } worse
diff-count-better = { $count } better
diff-count-other = { $count } otherwise
diff-count-new = { $count } new
diff-count-gone = { $count } gone
diff-count-same = { $count } the same
diff-meaning-0 = nothing is worse
diff-meaning-1 = something is worse
diff-meaning-3 = the second run was broken off: what it lacks may be worse

## coverage

coverage-no-gaps = Gaps: none. Every clause in force is tested, or says why it cannot be.
coverage-gaps = Gaps: could be tested, and no rule and no scenario does
coverage-rules-ask = What the rules ask
coverage-scenarios-play = What the scenarios play
coverage-clauses = Clauses
coverage-by-rules = rules
coverage-by-scenarios = scenarios
coverage-by-faults = faults
coverage-no-check = no check
coverage-gap = gap
coverage-gap-says = it could be tested, and nothing does
head-level = level
head-bound = who is bound
head-why = why a MUST has no check
head-clauses = clauses
head-by-rule = asked by a rule
head-by-scenario = by scenarios alone
head-untested = no check, for a reason
head-gaps = gaps
head-share = share
head-all = all
word-must = MUST
word-should = SHOULD
word-may = MAY
bound-access-point = access point
bound-incoming-point = incoming point
bound-delivery-point = delivery point
bound-provider = provider
bound-directory = directory
bound-certificate = certificate
bound-client = client
bound-operator = operator

## smoke: words of at most seven characters

smoke-ok = ok
smoke-wrong = WRONG
smoke-file = file
smoke-trouble = trouble
smoke-result = result
smoke-alive = alive; nothing wrong was seen

## inspect: labels of at most 21 characters

inspect-head = { $name }: { $what }, { $octets } octets
inspect-mail = mail
inspect-daticert = certification data (daticert.xml)
inspect-signature-alone = a signature by itself
inspect-certificates = certificates
inspect-directory = a providers' directory
inspect-unreadable = unreadable
inspect-problem = problem
inspect-not-read = not read
inspect-header = header, each field with the octet it begins at
inspect-parts = parts, each from its header to its end
inspect-whole = whole
inspect-part = { $from } to { $to }  { $what }
inspect-signature = signature
inspect-covers = covers
inspect-covers-octets = octets { $from } to { $to }
inspect-holds = holds
inspect-holds-unreadable = unreadable: its transfer encoding cannot be taken off
inspect-times = times, with seconds after the certified one
inspect-time = { $instant }, written { $written }
inspect-structure = structure
inspect-cms = CMS in { $encoding }, { $octets } octets
inspect-cms-inside = CMS in { $encoding }, { $octets } octets, what is signed inside
inspect-signer = signer { $number }
inspect-named = named
inspect-algorithms = algorithms
inspect-signed-digest = signed digest
inspect-no-attributes = none: there are no signed attributes
inspect-computed-digest = computed digest
inspect-no-content = none: the content is not here
inspect-signing-time = signingTime
inspect-unreadable-inside = { $count ->
    [one] 1 certificate inside
   *[other] { $count } certificates inside
}
inspect-certificate = certificate { $number }
inspect-subject = subject
inspect-issuer = issuer
inspect-serial = serial number
inspect-valid = valid
inspect-valid-span = { $from } to { $to }
inspect-version = version
inspect-key = key
inspect-signed-with = signed with
inspect-critical = critical: { $value }
inspect-not-well-formed = not well-formed
inspect-doctype = document type
inspect-doctype-declared = declared; nothing was fetched
inspect-against-dtd = against the DTD
inspect-providers = providers: { $number }
inspect-provider = { $domains } domains, { $certificates } certificates, receipts to { $receipts }

## reference

count-certificate = { $count ->
    [one] 1 certificate
   *[other] { $count } certificates
}
count-revocation-list = { $count ->
    [one] 1 revocation list
   *[other] { $count } revocation lists
}
reference-nothing = nothing is kept: `reference add FILE...` keeps roots, revocation lists and the providers' directory
reference-trust = { $certificates } to trust, { $lists }
reference-issued = { $certificates } to trust, { $lists }, the last issued { $issued }
reference-directory = directory of { $day }
reference-undated = directory of no known day
