//! A transport envelope to read in tests.

/// A well-formed daticert.xml.
pub(crate) const DATICERT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<postacert tipo="posta-certificata" errore="nessuno">
    <intestazione>
        <mittente>mario@alfa.example</mittente>
        <destinatari tipo="certificato">anna@bravo.example</destinatari>
        <destinatari>carla@bravo.example</destinatari>
        <risposte>mario@alfa.example</risposte>
        <oggetto>Perché no &amp; altro</oggetto>
    </intestazione>
    <dati>
        <gestore-emittente>Alfa S.p.A.</gestore-emittente>
        <data zona="+0200"><giorno>26/10/2026</giorno><ora>09:30:05</ora></data>
        <identificativo>opec1.20261026.093005@alfa.example</identificativo>
        <msgid>&lt;1@mua.example&gt;</msgid>
        <ricevuta tipo="completa"/>
    </dati>
</postacert>
"#;

/// The original, itself a PEC message by its headers and parts: none of it may be taken for the envelope's.
pub(crate) const ORIGINAL: &str = "X-Ricevuta: avvenuta-consegna\r\n\
    Subject: CONSEGNA: interno\r\n\
    Content-Type: multipart/mixed; boundary=\"inner\"\r\n\
    \r\n\
    --inner\r\n\
    Content-Type: application/xml; name=\"daticert.xml\"\r\n\
    \r\n\
    <postacert tipo=\"avvenuta-consegna\"/>\r\n\
    --inner--\r\n";

/// What the signature of [`envelope`] covers, without the line end before the boundary.
pub(crate) fn signed_content() -> String {
    let daticert = DATICERT.replace('\n', "\r\n");
    format!(
        "Content-Type: multipart/mixed; boundary=\"mixed\"\r\n\
         \r\n\
         --mixed\r\n\
         Content-Type: text/plain; charset=\"iso-8859-1\"\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\
         \r\n\
         Il messaggio \"Perch=E9 no\" =\r\n\
         e' stato inviato\r\n\
         --mixed\r\n\
         Content-Type: message/rfc822; name=\"postacert.eml\"\r\n\
         Content-Disposition: attachment; filename=\"postacert.eml\"\r\n\
         \r\n\
         {ORIGINAL}\r\n\
         --mixed\r\n\
         Content-Type: application/xml; name=\"daticert.xml\"\r\n\
         Content-Disposition: inline; filename=\"daticert.xml\"\r\n\
         \r\n\
         {daticert}\r\n\
         --mixed--\r\n"
    )
}

/// A transport envelope; the signature part holds the three bytes 30 00 00.
pub(crate) fn envelope() -> String {
    format!(
        "Received: from mx.alfa.example\r\n\
         \tby mx.bravo.example; Mon, 26 Oct 2026 09:30:06 +0200\r\n\
         X-Trasporto: posta-certificata\r\n\
         From: \"Per conto di: mario@alfa.example\" <posta-certificata@alfa.example>\r\n\
         To: anna@bravo.example\r\n\
         Subject: =?utf-8?Q?POSTA_CERTIFICATA:_Perch=C3=A9_no?=\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256;\r\n\
         \x20boundary=\"outer\"\r\n\
         \r\n\
         This is an S/MIME signed message\r\n\
         --outer\r\n\
         {}\r\n\
         --outer\r\n\
         Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n\
         Content-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"smime.p7s\"\r\n\
         \r\n\
         MAAA\r\n\
         --outer--\r\n",
        signed_content()
    )
}
