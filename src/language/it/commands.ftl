# Ciò che `diff`, `coverage`, `smoke`, `inspect` e `reference` dicono in italiano. L'inglese sta in ../en/commands.ftl.

count-play = { $count ->
    [one] una prova
   *[other] { $count } prove
}

## diff: etichette di al più otto caratteri

diff-first = prima
diff-second = seconda
diff-differs = diverse
diff-plays = prove
diff-result = esito

diff-run = { $name }: { $began }, { $plays }, { $rules }
diff-run-cut = { $name }: { $began }, { $plays }, { $rules }, interrotta
diff-rules = le regole ({ $first } e { $second }), e ciò che segue può dipendere da questo; { $known }
diff-rules-unknown = quali, un'esecuzione interrotta non lo dice
diff-rules-known = solo della prima: { $first }; solo della seconda: { $second }
diff-rules-none = nessuna
diff-day = il giorno della norma ({ $first } e { $second })
diff-version = la versione del programma ({ $first } e { $second })
diff-worse = Peggio
diff-better = Meglio
diff-other = Altro, in ciò che non fa fallire nulla
diff-new = Nuove: solo la seconda esecuzione le ha provate
diff-gone = Sparite: solo la prima esecuzione le ha provate
diff-by-rule = Per regola, su tutte le prove di ciascuna esecuzione
diff-finding = rilievo
diff-count-worse = { $count ->
    [one] 1 peggiore
   *[other] { $count } peggiori
}
diff-count-better = { $count ->
    [one] 1 migliore
   *[other] { $count } migliori
}
diff-count-other = { $count ->
    [one] 1 diversa
   *[other] { $count } diverse
}
diff-count-new = { $count ->
    [one] 1 nuova
   *[other] { $count } nuove
}
diff-count-gone = { $count ->
    [one] 1 sparita
   *[other] { $count } sparite
}
diff-count-same = { $count ->
    [one] 1 uguale
   *[other] { $count } uguali
}
diff-meaning-0 = nulla è peggiorato
diff-meaning-1 = qualcosa è peggiorato
diff-meaning-3 = la seconda esecuzione è interrotta: ciò che le manca può essere peggio

## coverage

coverage-no-gaps = Lacune: nessuna. Ogni clausola in vigore è provata, o dice perché non può esserlo.
coverage-gaps = Lacune: si potrebbero provare, e nessuna regola e nessuno scenario lo fa
coverage-rules-ask = Che cosa chiedono le regole
coverage-scenarios-play = Che cosa provano gli scenari
coverage-clauses = Clausole
coverage-by-rules = regole
coverage-by-scenarios = scenari
coverage-by-faults = difetti
coverage-no-check = non provata
coverage-gap = lacuna
coverage-gap-says = si potrebbe provare, e nulla lo fa
head-level = livello
head-bound = chi è vincolato
head-why = perché un DEVE non è provato
head-clauses = clausole
head-by-rule = chieste da una regola
head-by-scenario = dai soli scenari
head-untested = non provate, con un motivo
head-gaps = lacune
head-share = quota
head-all = tutti
word-must = DEVE
word-should = DOVREBBE
word-may = PUÒ
bound-access-point = punto di accesso
bound-incoming-point = punto di ricezione
bound-delivery-point = punto di consegna
bound-provider = gestore
bound-directory = indice
bound-certificate = certificato
bound-client = client
bound-operator = organizzazione

## smoke: parole di al più sette caratteri

smoke-ok = bene
smoke-wrong = ERRATO
smoke-file = file
smoke-trouble = guasto
smoke-result = esito
smoke-alive = vivo; non si è visto nulla di sbagliato

## inspect: etichette di al più 21 caratteri

inspect-head = { $name }: { $what }, { $octets } ottetti
inspect-mail = posta
inspect-daticert = dati di certificazione (daticert.xml)
inspect-signature-alone = una firma da sola
inspect-certificates = certificati
inspect-directory = un indice dei gestori
inspect-unreadable = illeggibile
inspect-problem = problema
inspect-not-read = non letto
inspect-header = intestazione, ogni campo con l'ottetto in cui comincia
inspect-parts = parti, ognuna dalla sua intestazione alla sua fine
inspect-whole = intero
inspect-part = da { $from } a { $to }  { $what }
inspect-signature = firma
inspect-covers = copre
inspect-covers-octets = ottetti da { $from } a { $to }
inspect-holds = vale
inspect-holds-unreadable = illeggibile: la sua codifica di trasferimento non si può togliere
inspect-times = ore, con i secondi dopo quella certificata
inspect-time = { $instant }, scritta { $written }
inspect-structure = struttura
inspect-cms = CMS in { $encoding }, { $octets } ottetti
inspect-cms-inside = CMS in { $encoding }, { $octets } ottetti, con dentro ciò che è firmato
inspect-signer = firmatario { $number }
inspect-named = indicato come
inspect-algorithms = algoritmi
inspect-signed-digest = impronta firmata
inspect-no-attributes = nessuna: non ci sono attributi firmati
inspect-computed-digest = impronta calcolata
inspect-no-content = nessuna: il contenuto non è qui
inspect-signing-time = signingTime
inspect-unreadable-inside = { $count ->
    [one] un certificato all'interno
   *[other] { $count } certificati all'interno
}
inspect-certificate = certificato { $number }
inspect-subject = soggetto
inspect-issuer = rilasciato da
inspect-serial = numero di serie
inspect-valid = valido
inspect-valid-span = da { $from } a { $to }
inspect-version = versione
inspect-key = chiave
inspect-signed-with = firmato con
inspect-critical = critica: { $value }
inspect-not-well-formed = non ben formato
inspect-doctype = tipo di documento
inspect-doctype-declared = dichiarato; nulla è stato scaricato
inspect-against-dtd = contro la DTD
inspect-providers = gestori: { $number }
inspect-provider = domini: { $domains }, certificati: { $certificates }, ricevute a { $receipts }

## reference

count-certificate = { $count ->
    [one] un certificato
   *[other] { $count } certificati
}
count-revocation-list = { $count ->
    [one] una lista di revoca
   *[other] { $count } liste di revoca
}
reference-nothing = non è conservato nulla: `reference add FILE...` conserva radici, liste di revoca e l'indice dei gestori
reference-trust = da fidarsi: { $certificates }, { $lists }
reference-issued = da fidarsi: { $certificates }, { $lists }, l'ultima emessa il { $issued }
reference-directory = indice del { $day }
reference-undated = indice di un giorno che non si conosce
