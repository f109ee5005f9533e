//! What the user's mail program must be able to do: RFC 6109 chapter 6.

crate::clauses! {
    RFC6109_6_CHANNELS = "RFC6109-6-channels", "RFC 6109 6", Must, Client,
        "A client reaches access and delivery points through secure channels.",
        untested: NotObservable, "The harness stands in the client's place.";
    RFC6109_6_AUTHENTICATION = "RFC6109-6-authentication", "RFC 6109 6", Must, Client,
        "A client authenticates its user by standard protocols, to send and to receive.",
        untested: NotObservable, "The harness stands in the client's place.";
    RFC6109_6_MIME = "RFC6109-6-mime", "RFC 6109 6", Must, Client,
        "A client reads MIME, and text in ISO-8859-1.",
        untested: NotObservable, "The harness stands in the client's place.";
    RFC6109_6_SMIME = "RFC6109-6-smime", "RFC 6109 6", Must, Client,
        "A client verifies the S/MIME signatures of envelopes and notifications.",
        untested: NotObservable, "The harness stands in the client's place.";
}
