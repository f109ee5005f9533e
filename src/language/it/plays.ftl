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
