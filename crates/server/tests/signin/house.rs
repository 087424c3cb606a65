//! Signing in at an identity provider: one on loopback that can be told to lie.

use std::sync::{Arc, Mutex};

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use bongsu_egress::{Egress, Own, Rules};
use bongsu_server::listen::Listener;
use bongsu_server::signin::oidc::{ClientSecret, Provider};
use bongsu_server::{Listening, Settings};
use http::{HeaderMap, Method, StatusCode, header};
use jiff::SignedDuration;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use url::Url;

use crate::world::{Browser, World, settings};

const CLIENT: &str = "bongsu of a ministry";
const SECRET: &str = "between the two of us: %&+";

/// What the provider does next.
struct House {
    issuer: String,
    algorithm: Algorithm,
    key: EncodingKey,
    shown: Jwk,
    code: String,
    challenge: String,
    claims: Value,
    /// What it answers in the place of a token it signed.
    instead: Option<String>,
}

type Shared = Arc<Mutex<House>>;

fn ed25519() -> (EncodingKey, Jwk) {
    let random = aws_lc_rs::rand::SystemRandom::new();
    let key = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
    let point = Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap();
    let point = BASE64.encode(point.public_key().as_ref());
    let shown = json!({ "kty": "OKP", "crv": "Ed25519", "x": point, "kid": "one", "use": "sig" });
    (EncodingKey::from_ed_der(key.as_ref()), serde_json::from_value(shown).unwrap())
}

fn p256() -> EncodingKey {
    let random = aws_lc_rs::rand::SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EncodingKey::from_ec_der(key.as_ref())
}

async fn open(algorithm: Algorithm) -> (Shared, Settings) {
    let (key, shown) = match algorithm {
        Algorithm::EdDSA => ed25519(),
        _ => {
            let key = p256();
            let mut shown = Jwk::from_encoding_key(&key, algorithm).unwrap();
            shown.common.key_id = Some("one".to_owned());
            (key, shown)
        }
    };
    let listener = Listener::bind(Listening::at(([127, 0, 0, 1], 0).into())).unwrap();
    let at = listener.address().unwrap();
    let house = Arc::new(Mutex::new(House {
        issuer: format!("http://127.0.0.1:{}", at.port()),
        algorithm,
        shown,
        key,
        code: String::new(),
        challenge: String::new(),
        claims: Value::Null,
        instead: None,
    }));
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/keys", get(keys))
        .route("/token", post(token))
        .with_state(Arc::clone(&house));
    tokio::spawn(listener.serve(router, std::future::pending()));
    let own = vec![Own { host: "127.0.0.1".to_owned(), port: at.port(), plain: true }];
    let rules = Rules { own, native_roots: false, ..Rules::default() };
    let provider = Provider {
        name: "ministry".to_owned(),
        issuer: Url::parse(&format!("http://127.0.0.1:{}", at.port())).unwrap(),
        client_id: CLIENT.to_owned(),
        client_secret: ClientSecret(SECRET.to_owned()),
        redirect: "https://node.example/api/v1/oidc/ministry/callback".parse().unwrap(),
    };
    let egress = Some(Egress::new(rules).unwrap());
    (house, Settings { providers: vec![provider], egress, ..settings() })
}

async fn discovery(State(house): State<Shared>) -> Json<Value> {
    let issuer = &house.lock().unwrap().issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize?tenant=1"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
    }))
}

async fn keys(State(house): State<Shared>) -> Json<Value> {
    Json(json!({ "keys": [house.lock().unwrap().shown] }))
}

async fn token(
    State(house): State<Shared>,
    headers: HeaderMap,
    form: String,
) -> (StatusCode, Json<Value>) {
    let mut house = house.lock().unwrap();
    let form: Vec<(String, String)> =
        url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let of = |name: &str| form.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str());
    let verifier = of("code_verifier").unwrap();
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
    let pair = format!("{}:{}", "bongsu+of+a+ministry", "between+the+two+of+us%3A+%25%26%2B");
    let basic = format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(pair));
    let good = BASE64.encode(hash) == house.challenge
        && of("code") == Some(&house.code)
        && of("redirect_uri") == Some("https://node.example/api/v1/oidc/ministry/callback")
        && headers[header::AUTHORIZATION] == basic.as_str();
    if !good {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" })));
    }
    house.code.clear(); // a code is good once
    let head = Header { kid: Some("one".to_owned()), ..Header::new(house.algorithm) };
    let signed = || jsonwebtoken::encode(&head, &house.claims, &house.key).unwrap();
    let token = house.instead.clone().unwrap_or_else(signed);
    (StatusCode::OK, Json(json!({ "id_token": token, "token_type": "Bearer" })))
}

/// Goes to the provider, and says what it would send the browser back with.
async fn go(house: &Shared, world: &World, browser: &mut Browser, code: Option<&str>) -> Value {
    let begin = json!({ "invitation": code });
    let (status, begun) = browser.post("/api/v1/oidc/ministry/begin", begin).await;
    assert_eq!(status, StatusCode::OK, "{begun}");
    let to = Url::parse(begun["url"].as_str().unwrap()).unwrap();
    let asked: Value = to
        .query_pairs()
        .into_owned()
        .map(|(k, v)| (k, json!(v)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["tenant"], "1");
    let mut house = house.lock().unwrap();
    house.challenge = asked["code_challenge"].as_str().unwrap().to_owned();
    house.code = "a code".to_owned();
    let now = world.time.now().as_second();
    house.claims = json!({
        "iss": house.issuer, "sub": "officer 7", "aud": CLIENT, "exp": now + 300, "iat": now,
        "nonce": asked["nonce"], "auth_time": now - 10,
    });
    asked
}

async fn back(browser: &mut Browser, state: &str) -> StatusCode {
    let path = format!("/api/v1/oidc/ministry/callback?code=a%20code&state={state}");
    browser.site = false; // the provider sends it here
    let status = browser.call(Method::GET, &path, None).await.0;
    browser.site = true;
    status
}

/// Signs in, where the provider says what `lie` makes of it.
async fn sign_in(
    house: &Shared,
    world: &World,
    (browser, code): (&mut Browser, Option<&str>),
    lie: impl FnOnce(&mut House),
) -> StatusCode {
    let asked = go(house, world, browser, code).await;
    lie(&mut house.lock().unwrap());
    let status = back(browser, asked["state"].as_str().unwrap()).await;
    house.lock().unwrap().instead = None;
    status
}

#[tokio::test]
async fn an_officer_signs_in_at_the_house_they_belong_to_once_an_invitation_has_linked_them() {
    for algorithm in [Algorithm::ES256, Algorithm::EdDSA] {
        let world = World::new();
        let (house, settings) = open(algorithm).await;
        let mut browser = world.with(world.time.clone(), &settings);
        assert_eq!(browser.get("/api/v1/oidc").await.1, json!(["ministry"]));
        let unknown = sign_in(&house, &world, (&mut browser, None), |_| {}).await;
        assert_eq!(unknown, StatusCode::UNAUTHORIZED, "nobody has linked them yet");
        let code = world.app.door().invite(world.ciso.person, world.app.now()).unwrap();
        let linked = sign_in(&house, &world, (&mut browser, Some(&code)), |_| {}).await;
        assert_eq!(linked, StatusCode::OK);
        let (status, me) = browser.get("/api/v1/me").await;
        assert_eq!(
            (status, &me["person"]),
            (StatusCode::OK, &json!(world.ciso.person.to_string()))
        );
        let mut again = world.with(world.time.clone(), &settings);
        assert_eq!(sign_in(&house, &world, (&mut again, None), |_| {}).await, StatusCode::OK);
        assert_eq!(again.me().await, StatusCode::OK);
        assert_eq!(again.ceremony, None);
        // Another subject of the same house is another person, whatever their mail address.
        let other = |house: &mut House| house.claims["sub"] = json!("officer 8");
        let mut stranger = world.with(world.time.clone(), &settings);
        assert_eq!(
            sign_in(&house, &world, (&mut stranger, None), other).await,
            StatusCode::UNAUTHORIZED
        );
        // Nobody takes a link over with an invitation for somebody else.
        let code = world.app.door().invite(world.other.person, world.app.now()).unwrap();
        let taken = sign_in(&house, &world, (&mut stranger, Some(&code)), |_| {}).await;
        assert_eq!(taken, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_credential_that_the_house_saw_long_ago_is_good_for_nothing_grave() {
    let world = World::new();
    let (house, settings) = open(Algorithm::ES256).await;
    let mut browser = world.with(world.time.clone(), &settings);
    let code = world.app.door().invite(world.ciso.person, world.app.now()).unwrap();
    assert_eq!(sign_in(&house, &world, (&mut browser, Some(&code)), |_| {}).await, StatusCode::OK);
    let enter = "/api/v1/passkeys/begin";
    assert_eq!(browser.post(enter, json!({})).await.0, StatusCode::OK);
    let hours = |house: &mut House| {
        house.claims["auth_time"] = json!(house.claims["iat"].as_i64().unwrap() - 7_200);
    };
    assert_eq!(sign_in(&house, &world, (&mut browser, None), hours).await, StatusCode::OK);
    assert_eq!(browser.post(enter, json!({})).await.0, StatusCode::FORBIDDEN);
    let unsaid = |house: &mut House| {
        house.claims.as_object_mut().unwrap().remove("auth_time");
    };
    assert_eq!(sign_in(&house, &world, (&mut browser, None), unsaid).await, StatusCode::OK);
    assert_eq!(browser.post(enter, json!({})).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_word_of_the_house_that_is_not_good_lets_nobody_in() {
    let world = World::new();
    let (house, settings) = open(Algorithm::ES256).await;
    let mut browser = world.with(world.time.clone(), &settings);
    let code = world.app.door().invite(world.ciso.person, world.app.now()).unwrap();
    assert_eq!(sign_in(&house, &world, (&mut browser, Some(&code)), |_| {}).await, StatusCode::OK);
    let unsigned = |house: &House, algorithm: &str, signature: &str| {
        let head = json!({ "alg": algorithm, "kid": "one" }).to_string();
        let parts = [head, house.claims.to_string()].map(|part| BASE64.encode(part));
        Some(format!("{}.{}.{signature}", parts[0], parts[1]))
    };
    let with_secret = |house: &House, secret: &[u8]| {
        let head = Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&head, &house.claims, &EncodingKey::from_secret(secret)).ok()
    };
    type Lie<'a> = Box<dyn Fn(&mut House) + 'a>;
    let set = |name: &'static str, value: Value| -> Lie<'_> {
        Box::new(move |house| house.claims[name] = value.clone())
    };
    let lies: Vec<(&str, Lie<'_>)> = vec![
        ("nonce", set("nonce", json!("another"))),
        ("no nonce", set("nonce", Value::Null)),
        ("audience", set("aud", json!("somebody else"))),
        ("audiences", set("aud", json!([CLIENT, "somebody else"]))),
        ("made for another", set("azp", json!("somebody else"))),
        ("issuer", set("iss", json!("https://evil.example"))),
        ("over", set("exp", json!(world.time.now().as_second() - 120))),
        ("not yet", set("iat", json!(world.time.now().as_second() + 3_600))),
        ("no subject", set("sub", json!(""))),
        ("alg none", Box::new(|house| house.instead = unsigned(house, "none", ""))),
        ("alg nOnE", Box::new(|house| house.instead = unsigned(house, "nOnE", ""))),
        ("no signature", Box::new(|house| house.instead = unsigned(house, "ES256", ""))),
        (
            "the shared secret",
            Box::new(|house| house.instead = with_secret(house, SECRET.as_bytes())),
        ),
        (
            "the public key",
            Box::new(|house| {
                let key = serde_json::to_vec(&house.shown).unwrap();
                house.instead = with_secret(house, &key);
            }),
        ),
        (
            "another key",
            Box::new(|house| {
                let head = Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::ES256) };
                house.instead = jsonwebtoken::encode(&head, &house.claims, &p256()).ok();
            }),
        ),
        (
            "a key nobody shows",
            Box::new(|house| {
                let head = Header { kid: Some("two".to_owned()), ..Header::new(Algorithm::ES256) };
                house.instead = jsonwebtoken::encode(&head, &house.claims, &p256()).ok();
            }),
        ),
        ("anything", Box::new(|house| house.instead = Some("a.b.c".to_owned()))),
        ("too much", Box::new(|house| house.instead = Some("a".repeat(100_000)))),
    ];
    for (why, lie) in lies {
        let mut browser = world.with(world.time.clone(), &settings);
        let status = sign_in(&house, &world, (&mut browser, None), lie).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{why}");
        assert_eq!(browser.cookie, None, "{why}");
    }
}

#[tokio::test]
async fn what_comes_back_belongs_to_the_browser_that_went() {
    let world = World::new();
    let (house, settings) = open(Algorithm::ES256).await;
    let fresh = || world.with(world.time.clone(), &settings);
    let code = world.app.door().invite(world.ciso.person, world.app.now()).unwrap();
    let mut owner = fresh();
    assert_eq!(sign_in(&house, &world, (&mut owner, Some(&code)), |_| {}).await, StatusCode::OK);
    // Somebody else's way back in this browser: it would be signed in as them.
    let mut attacker = fresh();
    let asked = go(&house, &world, &mut attacker, None).await;
    let state = asked["state"].as_str().unwrap();
    assert_eq!(back(&mut fresh(), state).await, StatusCode::UNAUTHORIZED, "no cookie");
    let mut victim = fresh();
    let _ = go(&house, &world, &mut victim, None).await;
    assert_eq!(back(&mut victim, state).await, StatusCode::UNAUTHORIZED, "another's cookie");
    // A way back is gone once, and in ten minutes.
    let mut browser = fresh();
    let asked = go(&house, &world, &mut browser, None).await;
    let (state, ceremony) = (asked["state"].as_str().unwrap(), browser.ceremony.clone());
    assert_eq!(back(&mut browser, state).await, StatusCode::OK);
    let mut again = fresh();
    again.ceremony = ceremony;
    assert_eq!(back(&mut again, state).await, StatusCode::UNAUTHORIZED);
    let mut late = fresh();
    let asked = go(&house, &world, &mut late, None).await;
    world.pass(SignedDuration::from_mins(11));
    assert_eq!(back(&mut late, asked["state"].as_str().unwrap()).await, StatusCode::UNAUTHORIZED);
    let other = "/api/v1/oidc/nobody/begin";
    assert_eq!(fresh().post(other, json!({})).await.0, StatusCode::NOT_FOUND);
}
