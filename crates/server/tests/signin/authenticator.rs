//! A passkey in software: what a browser and its device would answer.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

/// One device with one key.
pub(crate) struct Device {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    user: Vec<u8>,
    counter: u32,
    /// The page that asks.
    pub(crate) origin: String,
}

impl Device {
    pub(crate) fn new(origin: &str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let mut id = vec![0; 16];
        aws_lc_rs::rand::fill(&mut id).unwrap();
        Self { key, id, user: Vec::new(), counter: 0, origin: origin.to_owned() }
    }

    /// Another device that says the same things about itself, with a key of its own.
    pub(crate) fn forged(&self) -> Self {
        Self { id: self.id.clone(), user: self.user.clone(), ..Self::new(&self.origin) }
    }

    /// Makes a key for whoever the options name.
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        let asked = &options["publicKey"];
        assert_eq!(asked["authenticatorSelection"]["residentKey"], "required");
        self.user = BASE64.decode(asked["user"]["id"].as_str().unwrap()).unwrap();
        let point = self.key.public_key().as_ref();
        let mut cose = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        cose.extend(&point[1..33]);
        cose.extend([0x22, 0x58, 0x20]);
        cose.extend(&point[33..65]);
        let mut about = self.about(asked["rp"]["id"].as_str().unwrap(), 0x45);
        about.extend([0; 16]);
        about.extend([0, 16]);
        about.extend(&self.id);
        about.extend(cose);
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(about.len()).unwrap());
        object.extend(about);
        let client = self.client("webauthn.create", asked);
        json!({
            "id": BASE64.encode(&self.id), "rawId": BASE64.encode(&self.id), "type": "public-key",
            "response": {
                "attestationObject": BASE64.encode(object),
                "clientDataJSON": BASE64.encode(client),
            },
        })
    }

    /// Shows that the key is there.
    pub(crate) fn show(&mut self, options: &Value) -> Value {
        let asked = &options["publicKey"];
        self.counter += 1;
        let about = self.about(asked["rpId"].as_str().unwrap(), 0x05);
        let client = self.client("webauthn.get", asked);
        let signed = [about.as_slice(), digest(&SHA256, &client).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": BASE64.encode(&self.id), "rawId": BASE64.encode(&self.id), "type": "public-key",
            "response": {
                "authenticatorData": BASE64.encode(about),
                "clientDataJSON": BASE64.encode(client),
                "signature": BASE64.encode(signature),
                "userHandle": BASE64.encode(&self.user),
            },
        })
    }

    fn about(&self, host: &str, flags: u8) -> Vec<u8> {
        let mut about = digest(&SHA256, host.as_bytes()).as_ref().to_vec();
        about.push(flags);
        about.extend(self.counter.to_be_bytes());
        about
    }

    fn client(&self, kind: &str, asked: &Value) -> Vec<u8> {
        let said = json!({
            "type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": false,
        });
        serde_json::to_vec(&said).unwrap()
    }
}
