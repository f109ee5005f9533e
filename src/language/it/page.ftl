# Ciò che una pagina da guardare dice in italiano. L'inglese sta in ../en/page.ftl; un test ne confronta i testi.

language = Lingua
skip = Vai al contenuto
printed = Stampa
scripts-off = Senza script la pagina mostra tutto; i filtri ne hanno bisogno.

## Un'esecuzione

run-title = Rapporto di un'esecuzione
verdict-0 = Conforme
verdict-1 = Non conforme
verdict-2 = Errore d'uso o di configurazione
verdict-3 = Problemi, nessun esito
verdict-4 = Nulla è stato verificato
verdict-5 = Non si può dire
exit-code = codice di uscita
fail-fast = Fermata al primo errore, come richiesto: il resto non è stato eseguito.
interrupted = Interrotta: questo rapporto è incompleto.

plays = { $count ->
    [one] prova
   *[other] prove
}
passed = { $count ->
    [one] superata
   *[other] superate
}
failed = { $count ->
    [one] fallita
   *[other] fallite
}
error = in errore
skipped = { $count ->
    [one] saltata
   *[other] saltate
}
not-played = { $count ->
    [one] non eseguita
   *[other] non eseguite
}
violations = { $count ->
    [one] violazione
   *[other] violazioni
}
warnings = { $count ->
    [one] avvertimento
   *[other] avvertimenti
}
notes = { $count ->
    [one] nota
   *[other] note
}
unmet = { $count ->
    [one] attesa non soddisfatta
   *[other] attese non soddisfatte
}
untold = oltre quanto si legge
broken-rules = { $count ->
    [one] regola guasta
   *[other] regole guaste
}
rules-exercised = { $count ->
    [one] regola applicata
   *[other] regole applicate
}

about = Su questa esecuzione
started = inizio
took = durata
suite = programma
rule-set = insieme delle regole
norm-of = norma del
latest = la più recente
strictness = fa fallire
strict-violations = violazioni
strict-warnings = violazioni e avvertimenti
strict-notes = violazioni, avvertimenti e note
shard = parte
part-plays = { $count ->
    [one] prova del tutto
   *[other] prove del tutto
}
other-reports = altri rapporti

## La tabella e i filtri

matrix = Chi ha provato che cosa
matrix-help = Una lettera dice come è finito ogni scenario per ogni coppia ordinata, e porta alla prova.
filters = Filtri
filters-help = Una regola sceglie le prove in cui è stata applicata a qualcosa; con un livello o un lato, quelle in cui ha trovato qualcosa di quel genere.
filter-text = testo
filter-outcome = esito
filter-family = famiglia
filter-rule = regola
filter-level = livello
filter-side = lato
any = tutti
clear = Azzera
shown = in vista:
of = su
scenario = scenario
level-violation = violazione
level-warning = avvertimento
level-note = nota
level-unmet = attesa non soddisfatta
level-untold = non si può dire
level-broken = errore interno
side-sender = mittente
side-receiver = destinatario
side-second-receiver = secondo destinatario
side-posta = posta ordinaria
side-harness = il programma di prova
side-undetermined = non si può dire

## Che cosa si è trovato

findings = Che cosa si è trovato
findings-filtered = Nulla in ciò che i filtri lasciano in vista.
no-findings = Nulla di sbagliato in ciò che è stato provato.
findings-help = La stessa regola violata dalla stessa parte è detta una volta, con i luoghi in cui si è vista.
expected = atteso
found = trovato
where = dove
line = riga
to-blame = a carico di
consequence = conseguenza
clause = clausola
reading = lettura
evidence = file
declared = dichiarato
seen-in = visto in
times = volte in tutto
and-more = { $count ->
    [one] altro
   *[other] altri
}
further-findings = { $count ->
    [one] altro rilievo di altro genere; run.jsonl lo riporta.
   *[other] altri rilievi di altro genere; run.jsonl li riporta tutti.
}

## Che cosa è cambiato

changes = Rispetto all'esecuzione precedente
changes-none = Nessuna prova è cambiata.
changes-other-rules = Le due esecuzioni non sono giudicate allo stesso modo (regole, norma o programma): ciò che è cambiato può dipendere da questo.
change = cambio
change-worse = peggio
change-better = meglio
change-other = altro
change-new = nuova
change-gone = sparita
changes-same = { $count ->
    [one] uguale in entrambe
   *[other] uguali in entrambe
}
before = prima
now = ora
play = prova
found-oftener = trovato

## Che cosa è mancato

not-exercised = Che cosa non è stato verificato
not-exercised-help = Una regola che non ha esaminato nulla in tutta l'esecuzione non è nemmeno superata.
not-exercised-none = Ogni regola ha esaminato qualcosa.
not-in-force = Non in vigore nel giorno della norma
skipped-why = Saltate, il che non è superate
error-why = Senza esito, per problemi del programma di prova o di un gestore
rule = regola
question = domanda
plays-of-it = prove
reason = motivo

## Deviazioni dichiarate

deviations = Deviazioni dichiarate
deviation-stands = a che punto è
deviation-until = fino al
deviation-owner = responsabile

## La norma

norm = Copertura della norma
norm-help = Ogni clausola, e che cosa ne mostra questa esecuzione.
norm-held = rispettata
norm-broken = violata
norm-warned = non seguita
norm-played = provata
norm-idle = non verificata
norm-untested = non verificabile
norm-past = non in vigore
norm-subjects = applicata a
norm-says = che cosa dice
norm-state = in questa esecuzione

## Una prova

outcome-passed = superata
outcome-failed = fallita
outcome-error = in errore
outcome-skipped = saltata
back = Tutte le prove
again = Per ripeterla
happened = Che cosa è successo
happened-help = I messaggi tra le parti, nell'ordine in cui si sono visti, le caselle dopo le connessioni; i tempi sono quelli dell'orologio legale, dal primo messaggio in poi.
users-of = utenti di
nothing-seen = Non si è visto nulla.
by-harness = immesso apposta dal programma di prova
virus-store = nel deposito dei messaggi con virus
session-refused = una sessione senza messaggio
submitted-mail = messaggio originale
ordinary-mail = posta ordinaria
choices = Dove la norma lascia una scelta, è stata presa
worth-knowing = Da sapere
tale = Messaggio per messaggio
tale-help = Identificativi e tempi hanno qui dei nomi, uguali per cose uguali.
sessions = Sessioni SMTP
service-submission = punto di accesso, STARTTLS
service-submissions = punto di accesso, TLS
service-incoming = punto di ricezione
service-ordinary = posta ordinaria
in-clear = in chiaro
judged-by = { $count ->
    [one] regola applicata a ciò che si è visto
   *[other] regole applicate a ciò che si è visto
}
files = file raccolti
left-out = Omesso qui, perché la pagina resti piccola; sta tra i file raccolti.
left-out-gone = Omesso qui, perché la pagina resti piccola; i file non sono stati conservati.

## Tipi di messaggi

kind-accettazione = ricevuta di accettazione
kind-non-accettazione = avviso di non accettazione
kind-non-accettazione-virus = avviso di non accettazione per virus
kind-presa-in-carico = ricevuta di presa in carico
kind-avvenuta-consegna = ricevuta di avvenuta consegna
kind-preavviso-errore-consegna = preavviso di mancata consegna
kind-errore-consegna = avviso di mancata consegna
kind-errore-consegna-virus = avviso di mancata consegna per virus
kind-rilevazione-virus = avviso di rilevazione virus
kind-posta-certificata = busta di trasporto
kind-anomalia = busta di anomalia

## La pagina da cui si comincia

start-title = Verifica di messaggi PEC
start-lead = Ricevute, buste, caselle (mbox), zip e cartelle: per ogni messaggio e ogni invio la pagina risponde se è integro, chi lo ha firmato, se ha la forma prescritta e se c'è tutto.
start-private = Dei messaggi non si conserva nulla, e nulla lascia il computer su cui gira questo programma: il resoconto resta in questa scheda finché non la si chiude.
start-what = Che cosa verificare
start-drop = Trascinare qui messaggi, mbox, zip o cartelle, oppure sceglierli.
start-files = file
start-folder = una cartella
start-most = Al massimo, in tutto,
start-chosen = File scelti:
start-unread = Il browser non è riuscito a leggere questi file, che quindi non vengono verificati:
start-view = Da quale casella vengono
start-whose = casella
start-nobody = non so
start-sender = del mittente
start-recipient = del destinatario
start-both = di entrambi
start-view-help = Solo sapendolo si può dire se manca qualcosa.
start-held = Con che cosa si giudica
start-unheld = Non c'è nessun certificato radice e nessun indice dei gestori: senza, chi ha firmato non si può dire.
start-more = per questa verifica anche
start-more-help = Certificati fidati, liste di revoca (PEM, DER) o l'indice dei gestori (LDIF, anche firmato): valgono per questa verifica e poi si dimenticano. Per conservarli: pec-conformance reference add.
start-check = Verifica
start-sending = In lettura…
start-judging = In verifica…
start-nothing = Non è stato scelto nulla.
start-large = È più di quanto si accetti in una volta.
start-busy = Ci sono già altre verifiche in corso: riprovare fra poco.
start-trouble = La verifica non è riuscita.
start-again = Un'altra verifica

## Una verifica

check-title = Che cosa è stato verificato
check-0 = Nessuna violazione trovata
check-1 = Qualcosa non va
check-2 = Non tutto si è potuto esaminare
check-3 = Problemi, nessun esito
check-4 = Nulla si è potuto chiedere di quanto è stato dato
check-5 = Una risposta richiesta non si può dare
check-help = Di ogni messaggio e di ogni invio quattro risposte: sì (✓), no (✗) o non si può dire (?). Una riga porta a una pagina da stampare.
messages = { $count ->
    [one] messaggio
   *[other] messaggi
}
message = messaggio
submissions = { $count ->
    [one] invio
   *[other] invii
}
submission = invio
not-judged = { $count ->
    [one] non giudicabile
   *[other] non giudicabili
}
aside = { $count ->
    [one] tralasciato
   *[other] tralasciati
}
wrong-ones = con qualcosa che non va
kind = tipo
file = file
subject = oggetto
sender = mittente
recipients = destinatari
recipient = destinatario
date = data
date-certified = certificata
date-claimed = dichiarata dall'intestazione, certificata da nessuno
provider = gestore
signer = firmato da
issuer = rilasciato da
no-provider = non provato
msgid = identificativo PEC
accepted = accettato
typology = casella
outcome = che cosa ne è stato
seen = che cosa c'è qui
missing = Che cosa manca
missing-none = Di quanto si poteva vedere da qui non manca nulla.
missing-untold = Non è stato detto di chi è la casella da cui vengono i messaggi: che cosa manca non si può dire.
four-answers = Le quattro risposte
intact = integro
origin = origine
form = forma
complete = completo
q-intact = È integro, cioè non alterato?
q-origin = Ne risponde un gestore di posta certificata presente nell'indice?
q-form = È come lo vuole la norma?
q-complete = C'è tutto ciò che appartiene al suo invio?
answer-yes = sì
answer-no = no
answer-untold = non si può dire
answer-none = non chiesto
intact-yes = La firma vale su questi byte: da allora nulla è cambiato.
intact-no = È stato alterato dopo la firma, oppure non è mai stato firmato.
intact-untold = Se sia stato alterato non si può dire.
origin-yes = Lo ha firmato un gestore presente nell'indice.
origin-no = Nessun gestore dell'indice lo ha firmato: non prova nulla.
origin-untold = Chi lo abbia firmato non si può dire con ciò che è a disposizione.
form-yes = È come lo vuole la norma.
form-no = Qualcosa non è come lo vuole la norma: si veda che cosa si è trovato.
form-untold = Se sia come lo vuole la norma non si può dire.
complete-yes = C'è tutto ciò che si dovrebbe vedere.
complete-no = Manca qualcosa che si dovrebbe vedere.
complete-untold = Se ci sia tutto non si può dire.
complete-none = Non appartiene ad alcun invio ricomposto.
filter-kind = tipo
filter-answer = risposte
all-yes = tutte sì
any-no = almeno un no
any-untold = almeno una che non si può dire
held-against = giudicato con
held-against-nothing = nessun certificato radice, nessun indice: chi ha firmato non si può dire (--trust, --directory o reference add)
directory = indice dei gestori
trusted-certificates = { $count ->
    [one] certificato fidato
   *[other] certificati fidati
}
revocation-lists = { $count ->
    [one] lista di revoca
   *[other] liste di revoca
}
reference-wrong = In ciò con cui i messaggi sono giudicati; non ne fa fallire alcuno
part-alone = una parte di un messaggio da sola
other-thing = nessun messaggio
checked-at = verificato
more-entries = { $count ->
    [one] altro, di cui qui non c'è pagina: --format json lo riporta.
   *[other] altri, di cui qui non c'è pagina: --format json li riporta tutti.
}
back-check = Torna all'elenco
asked-for = richieste
show-more = Mostra altri
pages = Pagine di quanto è stato giudicato:
