# Perché qualcosa non è stato eseguito, o non ha un esito: l'italiano si trova dall'inglese.

reason-of = { $whose }: { $known }
reason-configuration = configurazione: { $phrase }

## Ciò che un lato non può fare

reason-no-virus-store = non mostra il suo deposito dei messaggi con virus
reason-no-points = non mostra ciò che arriva ai suoi punti
reason-no-name = il programma di prova non può firmare a suo nome
reason-clock = il suo orologio non si può spostare; `clock` nel suo file potrebbe dire come
reason-virus-store = il suo deposito dei messaggi con virus non si vede; `virus-store` nel suo file potrebbe dire dov'è
reason-points = ciò che arriva ai suoi punti non si vede
reason-name = nessun altro può firmare a suo nome
reason-trust = si regola sul proprio indice e sulle proprie liste di revoca
reason-second = non ha una via per un secondo destinatario; `second-incoming` sotto `counterpart` nel suo file potrebbe esserlo
reason-secondary = nessun utente in un ambiente operativo secondario; `secondary` nel suo file potrebbe nominarne
reason-set-up = un sistema nello stato che lo scenario vuole andrebbe predisposto così
reason-changed = andrebbe modificato mentre si prova
reason-nobody-changes = nessuno qui lo modifica mentre si prova
reason-copies = una casella che inoltra copie o avvisa di ciò che arriva non è tra quelle che un file può avere
reason-mailbox = non c'è una casella `{ $user }`; `users` nel suo file potrebbe averla
reason-state = non c'è una casella così; `{ $state }` sotto `states` nel suo file potrebbe esserlo

## Ciò che al sistema di altri non si manda senza chiedere

reason-instant = comincia a un istante suo, e gli orologi degli altri segnano oggi
# Mezzo anno e più.
reason-days = richiede { $days } giorni dell'orologio del sistema, e i certificati dell'altro lato scadono prima: valgono per mezzo anno da oggi; se prove precedenti ne hanno consumato la maggior parte, riportare indietro l'orologio
reason-login = accede in un modo diverso da quello che un file dice
reason-allow = { $known } al sistema di altri solo con `--allow { $option }`
reason-infected = i messaggi con virus vanno
reason-flooding = una tale quantità va
reason-smuggling = ciò che sembra la fine di un messaggio, e non lo è, va

## Problemi

trouble-last-line = { $known }; l'ultima riga della sessione: { $line }
trouble-settling = nulla si è assestato entro { $time }
trouble-interrupted = l'esecuzione è stata interrotta
trouble-out-of-reach = { $target }: { $host } non si raggiunge: { $phrase }
trouble-no-address = il nome non ha un indirizzo
trouble-no-answer = nessuna risposta entro { $time }
trouble-start = un host non si avvia: { $why }
trouble-start-again = { $target } non si riavvia: { $why }
trouble-mailboxes = le caselle a { $host }: { $known }
trouble-connection = nessuna connessione: { $why }
trouble-channel = il canale non si è potuto proteggere: { $why }
trouble-login = accesso rifiutato: { $why }
trouble-starttls = STARTTLS non è offerto
trouble-eight-bit = 8BITMIME non è offerto, e il messaggio ne ha bisogno
trouble-turned-away = respinto: { $why }
trouble-broke-off = la sessione si è interrotta: { $why }
trouble-in-time = nessuna risposta in tempo
trouble-address = non è un indirizzo: { $why }
trouble-tls = TLS non è riuscito tra { $client } e { $server }: { $why }; TLS sotto 1.2 e le suite senza certificato qui non si raggiungono, e ciascuno deve fidarsi del certificato dell'altro
trouble-clock = { $target }: il suo orologio è indietro di { $time } rispetto a quello di { $other }, e { $known }; riportare indietro quello di { $first }, o avanti questo
trouble-clock-command = il suo comando `clock` non lo sposta fin lì
trouble-clock-unmoved = non si può spostare se `clock` nel suo file non dice come
trouble-command-late = il comando `{ $program }` non è finito entro { $time }
trouble-command-start = il comando `{ $program }` non si avvia: { $why }
trouble-command = il comando `{ $program }`: { $why }
trouble-maildir = la Maildir { $path } non si può leggere: { $why }
trouble-log = il suo registro { $path } non si può leggere: { $why }

## Da sapere

note-second = { $name } fa la parte del secondo destinatario
note-late-notices = gli avvisi di ritardo non si sono attesi: { $phrase }
note-silence-alone = che non arrivasse altro si è dedotto da { $time } di silenzio soltanto: nessun messaggio sonda è stato preso
note-came = che non arrivasse altro si è dedotto da un messaggio sonda giunto in { $known } e da { $time } di silenzio
note-way = una direzione
note-ways = entrambe le direzioni
note-of-ways = { $taken } direzioni su { $ways }
note-sentinel = un messaggio sonda non è giunto entro { $waited }; poi { $time } di silenzio
note-mail-goes = { $name }: la posta va al suo punto di ricezione { $known }, come dice il suo file
note-clear = in chiaro
note-offered = su TLS dove offre STARTTLS, e altrimenti in chiaro
note-submission = { $name }: il certificato del suo punto di accesso: { $known }
note-incoming = { $name }: il certificato del suo punto di ricezione: { $known }
note-fingerprint = riconosciuto dalla sola impronta
note-unverified = non verificato, come dice il file
note-folder = { $name }: non c'è la cartella { $folder }, in cui il suo file cerca le Maildir
note-earlier-one = un messaggio di una prova precedente di questa esecuzione è arrivato tardi ed è stato lasciato stare, e non giudicato
note-earlier = { $count ->
    [one] un messaggio di una prova precedente di questa esecuzione è arrivato tardi ed è stato lasciato stare, e non giudicato
   *[other] { $count } messaggi di prove precedenti di questa esecuzione sono arrivati tardi e sono stati lasciati stare, e non giudicati
}
note-other-run-one = un messaggio di un'altra esecuzione, come sono quelli in ritardo di una precedente, è stato lasciato stare, e non giudicato
note-other-run = { $count ->
    [one] un messaggio di un'altra esecuzione è stato lasciato stare, e non giudicato
   *[other] { $count } messaggi di un'altra esecuzione, come sono quelli in ritardo di una precedente, sono stati lasciati stare, e non giudicati
}
note-stranger-one = un messaggio di altri è stato lasciato stare, e non giudicato
note-stranger = { $count ->
    [one] un messaggio di altri è stato lasciato stare, e non giudicato
   *[other] { $count } messaggi di altri sono stati lasciati stare, e non giudicati
}
note-turned-away = un estraneo da { $phrase } ed è stato respinto; nulla di ciò è giudicato
note-called = un estraneo da { $phrase } senza un messaggio della prova; nulla di ciò è giudicato
note-relay = qualcuno da { $phrase } con messaggi della prova, e a nessuno si imputa il modo; se è un relay di un sistema, `names` nel suo file dovrebbe nominarlo
note-others = si sono collegati altri che nessuno conosce
note-others-times = { $count ->
    [one] si sono collegati altri che nessuno conosce
   *[other] si sono collegati altri che nessuno conosce, { $count } volte
}
note-calls-itself = { $address } che si dice { $name } si è collegato a { $phrase }
note-caller = { $address } si è collegato a { $phrase }
note-times = { $count ->
    [one] { $name }
   *[other] { $name } { $count } volte
}
note-put-off = ciò che { $client } aveva per { $server } è stato rinviato, e preso a un tentativo seguente: { $phrase }
note-waits = ciò che { $client } aveva per { $server } attende di essere consegnato di nuovo: { $phrase }
note-refused = ciò che { $client } aveva per { $server } è stato rifiutato: { $phrase }
note-eight-bits = ciò che { $client } aveva per { $server } ha bisogno di 8BITMIME, che { $host } non offre
note-said = { $server } ha detto `{ $text }`
note-closed = { $server } ha chiuso la connessione senza una risposta
note-broke-off = prima dell'interruzione { $phrase } presso { $host }, e { $known }
note-unanswered = può essere stato preso: non c'è stata risposta
note-may-be-taken = può essere stato preso
note-was-taken = è stato preso
note-was-taken-in-part = è stato preso per alcuni
note-was-not-taken = non è stato preso
note-went = { $phrase } è andato da <{ $from }> a { $to }
note-went-by-lines = ciò che un host può prendere per un messaggio è andato riga per riga a { $to }
note-no-id = un messaggio senza Message-ID
