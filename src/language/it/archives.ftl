# Perché qualcosa che è stato dato non è stato giudicato.

left-unknown = { $phrase }; né un messaggio, né un indice, né un certificato
left-not-message = non è un messaggio di posta, ma { $phrase }
left-empty = vuoto
left-nothing-inside = non contiene nulla da verificare
left-signed-document = un documento firmato (CMS); né un messaggio, né un indice, né un certificato
left-signature = una firma di chi non ha l'indirizzo di un gestore: per farla giudicare va data per nome
left-attached = { $known } allegato a un messaggio: non aperto
left-authority = un certificato di un'autorità: si giudicano quelli di chi firma
left-certificate = un certificato: per farlo giudicare come quello di chi firma va dato per nome
left-revocation-list = una lista di revoca: si dà con --trust
left-not-certificate = non è un certificato: { $reason }
left-maildir = ancora in consegna (tmp di una Maildir)
left-not-file = { $phrase }, non un file: ciò che produce si può passare a `check -`
left-unreadable = non si può leggere: { $phrase }
left-not-handed-in = chi lo ha consegnato non è riuscito a leggerlo
left-too-large = più grande di { $size }, il massimo che si legge di una cosa sola
left-circle = un collegamento che riporta a una cartella in cui si trova
left-elsewhere = un collegamento a una cartella che è già esaminata al suo posto
left-encrypted = cifrato: va estratto con la sua password, e data la cartella
left-too-deep = uno zip in uno zip in uno zip: va estratto quello esterno, e data la cartella
left-broken = non si estrae: { $reason }
left-many-members = uno zip di più di { $count } elementi non si apre
left-double-members = { $count ->
    [one] un elemento ha il nome di un altro e non è esaminato
   *[other] { $count } elementi hanno il nome di un altro e non sono esaminati
}
left-bomb = estratto supera { $size }: né questo né ciò che segue è esaminato; va estratto lo zip, e data la cartella
left-many-inside = contiene più di { $count } messaggi; gli altri non sono esaminati
left-before-first = { $count ->
    [one] un ottetto prima del primo messaggio non appartiene ad alcuno
   *[other] { $count } ottetti prima del primo messaggio non appartengono ad alcuno
}
left-cut-off = il file finisce dentro questo messaggio: è giudicato fin dove arriva
left-other = altri motivi

## Che cosa sembra

looks-binary = dati binari
looks-text = un testo
looks-html = una pagina HTML
looks-xml = un documento XML
looks-pdf = un documento PDF
looks-picture = un'immagine ({ $format })
looks-archive = un archivio ({ $format }): va estratto
looks-archive-an = un archivio ({ $format }): va estratto
looks-outlook = un elemento di Outlook o un documento di Office: il messaggio va salvato come .eml
looks-outlook-data = un archivio di Outlook: i messaggi vanno esportati come .eml
looks-program = un programma
looks-database = una base di dati (SQLite)
looks-cms-certificates = certificati in una struttura CMS (.p7b)
looks-cms = una struttura CMS che nessuno ha firmato, forse cifrata
looks-pem = un file PEM senza certificati
looks-zip = uno zip
looks-gzip = un gzip
looks-pipe = una pipe con nome
looks-socket = un socket
looks-device = un dispositivo
