//! Formats: RFC 6109 chapter 4 without the directory.

crate::clauses! {
    RFC6109_4_1_ONE_INSTANT = "RFC6109-4.1-one-instant", "RFC 6109 4.1", Must, Provider,
        "Everything generated for one event tells one and the same time.";
    RFC6109_4_1_SIGNING_TIME = "RFC6109-4.1-signing-time", "RFC 6109 4.1", Must, Provider,
        "The time that a signature claims is that of the message it covers.",
        reading: "4.1 wants a sole time value for whatever is generated, and leaves the attributes of signatures unnamed. Real signatures come seconds apart and may wait for a busy signer: ten minutes are nothing, an hour or a day is another time.";
    RFC6109_4_2_LEGAL_TIME = "RFC6109-4.2-legal-time", "RFC 6109 4.2", Must, Provider,
        "Times are told in the legal time of the moment, as dd/mm/yyyy, hh:mm:ss and offset.",
        reading: "The readable offset is `(+0100)` everywhere; the colon of the ABNF is accepted, a zone's name is not.";
    RFC6109_4_3_SEVEN_BIT = "RFC6109-4.3-seven-bit", "RFC 6109 4.3", Must, Provider,
        "Parts with characters beyond ASCII are encoded for seven-bit transport.",
        reading: "The original message is exempt: 3.1.5 wants it unmodified.";
    RFC6109_4_3_MIXED = "RFC6109-4.3-mixed", "RFC 6109 4.3", Must, Provider,
        "What is signed is a multipart/mixed.",
        reading: "Of a text, the certification data and the original: a message of so many fields or parts that not all of it can be read is never called conforming.";
    RFC6109_4_3_TEXT_FIRST = "RFC6109-4.3-text-first", "RFC 6109 4.3", Must, Provider,
        "The first part is the readable text; original message and certification data follow in any order.";
    RFC6109_4_3_1_CHARSET = "RFC6109-4.3.1-charset", "RFC 6109 4.3.1", Must, Provider,
        "The readable text is ISO-8859-1.",
        reading: "US-ASCII is a part of it. A subject beyond it is lossy there and exact elsewhere.";
    RFC6109_4_3_1_HTML = "RFC6109-4.3.1-html", "RFC 6109 4.3.1", May, Provider,
        "The readable text may come as HTML too, in a multipart/alternative.";
    RFC6109_4_3_1_ALTERNATIVE = "RFC6109-4.3.1-alternative", "RFC 6109 4.3.1", Must, Provider,
        "A multipart/alternative has two parts, text/plain and text/html.",
        reading: "Extra languages may follow the Italian; as parts of their own they say so by Content-Language.";
    RFC6109_4_3_1_SAME = "RFC6109-4.3.1-same", "RFC 6109 4.3.1", Must, Provider,
        "The HTML part contains the same information as the plain text.";
    RFC6109_4_3_1_REFERENCES = "RFC6109-4.3.1-references", "RFC 6109 4.3.1", Must, Provider,
        "The HTML part refers to no images, sounds, fonts or style sheets, inside or outside the message.",
        reading: "A style sheet written into the page counts; a link the reader has to click does not.";
    RFC6109_4_3_1_ACTIVE = "RFC6109-4.3.1-active", "RFC 6109 4.3.1", Must, Provider,
        "The HTML part has no active content.";
    RFC6109_4_3_2_ORIGINAL = "RFC6109-4.3.2-original", "RFC 6109 4.3.2", Must, Provider,
        "The original message is a message/rfc822 named postacert.eml.",
        reading: "An empty one, or one without a header, is no message (RFC 5322 3.6).";
    RFC6109_4_3_3_DATICERT = "RFC6109-4.3.3-daticert", "RFC 6109 4.3.3", Must, Provider,
        "The certification data are an application/xml in UTF-8 named daticert.xml.",
        reading: "`certdata.xml` is a translation; the name on the wire is daticert.xml.";
    RFC6109_4_4_DTD = "RFC6109-4.4-dtd", "RFC 6109 4.4", Must, Provider,
        "The certification data are XML valid by the DTD.",
        reading: "No document type declaration is called for; one that comes is parsed past and noted.";
    RFC6109_4_4_TIPO = "RFC6109-4.4-tipo", "RFC 6109 4.4", Must, Provider,
        "The attribute tipo is the type of the message.";
    RFC6109_4_4_ERRORE = "RFC6109-4.4-errore", "RFC 6109 4.4", Must, Provider,
        "The attribute errore is `nessuno` where there is no error, and something else where there is one.",
        reading: "Timeout notices and virus detections have no fixed value.";
    RFC6109_4_4_ERRORE_OF_TYPE = "RFC6109-4.4-errore-of-type", "RFC 6109 4.4", May, Provider,
        "The attribute errore is one that the DTD's comments give to the type of the message: `no-dest` and `no-dominio` to a non-delivery.",
        reading: "The comments do not bind, and real values are a habit: the code of Nota 12 decides. `no-dominio` is for a listed domain: an unlisted one is simply external.";
    RFC6109_4_4_OGGETTO = "RFC6109-4.4-oggetto", "RFC 6109 4.4", Must, Provider,
        "The element oggetto is the original Subject.";
    RFC6109_4_4_RISPOSTE = "RFC6109-4.4-risposte", "RFC 6109 4.4", Must, Provider,
        "The element risposte is the original Reply-To.",
        reading: "Where the original has none it is the sender, as in the envelope's own Reply-To.";
    RFC6109_4_4_ADDRESSES = "RFC6109-4.4-addresses", "RFC 6109 4.4", Must, Provider,
        "Sender and recipients of the certification data are addresses.";
    RFC6109_4_4_RECIPIENTS_ONCE = "RFC6109-4.4-recipients-once", "RFC 6109 4.4", May, Provider,
        "The list of recipients is complete and names each of them once.",
        reading: "The norm is silent; real providers list a recipient once even where To names it twice.";
    RFC6109_4_4_GESTORE = "RFC6109-4.4-gestore", "RFC 6109 4.4", Must, Provider,
        "The element gestore-emittente describes the provider that certifies the data.",
        reading: "Letter case and punctuation of the name may differ from the directory's.";
    RFC6109_4_4_DATA = "RFC6109-4.4-data", "RFC 6109 4.4", Must, Provider,
        "Day, hour and zone are written dd/mm/yyyy, hh:mm:ss and [+|-]hhmm.";
    RFC6109_4_4_MSGID = "RFC6109-4.4-msgid", "RFC 6109 4.4", Must, Provider,
        "The element msgid is the msgid of the original message before it was changed.",
        reading: "It is opaque, and may come with or without its angle brackets.";
    RFC6109_4_4_RICEVUTA = "RFC6109-4.4-ricevuta", "RFC 6109 4.4", Must, Provider,
        "Transport envelopes and deliveries tell in ricevuta which form of receipt was asked for.";
    RFC6109_4_4_CONSEGNA = "RFC6109-4.4-consegna", "RFC 6109 4.4", Must, Provider,
        "Deliveries, non-deliveries, virus detections and timeout notices name the recipient in consegna.";
    RFC6109_4_4_RICEZIONE = "RFC6109-4.4-ricezione", "RFC 6109 4.4", Must, Provider,
        "Server-server acceptances name the recipients they are for in ricezione.";
    RFC6109_4_4_ERRORE_ESTESO = "RFC6109-4.4-errore-esteso", "RFC 6109 4.4", Must, Provider,
        "In case of error, errore-esteso describes it briefly.";
}
