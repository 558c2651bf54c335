//! Who works in the demo shop, and who comes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDate;
use sea_orm::ActiveModelTrait;
use uuid::Uuid;

use super::DemoStaff;
use crate::{
    accounts::{self, Email, NewStaff, Password, PersonName, Role, Staff},
    app::AppState,
    clock::Timestamp,
    customers::{BirthDate, NewCustomer, NewPet, PhoneNumber, Species},
    database::Write,
    language::Language::{self, En, Zh},
    text::{Line, Name, Notes},
};

type Member = (&'static str, &'static str, Role, Language);

/// Name, e-mail address, role, language.
const STAFF: [Member; 4] = [
    ("林雅 Lin Ya", "owner@closeup.example", Role::Owner, Zh),
    ("Grace Wong", "desk@closeup.example", Role::FrontDesk, En),
    ("陈思 Chen Si", "chensi@closeup.example", Role::Stylist, Zh),
    ("Marco Rossi", "marco@closeup.example", Role::Stylist, En),
];

/// Name, phone, language, notes.
const CUSTOMERS: [(&str, &str, Language, &str); 12] = [
    ("王小美", "+86 138 0013 8001", Zh, "指甲偏薄，做卸甲时要轻。喜欢正红色。"),
    ("李娜", "+86 138 0013 8002", Zh, "换季时脸颊泛红。"),
    ("张伟", "+86 138 0013 8003", Zh, ""),
    (
        "Emma Clarke",
        "+44 7700 900104",
        En,
        "Balayage in spring. Scalp is sensitive to bleach: patch test first.",
    ),
    ("刘洋", "+86 138 0013 8005", Zh, "想遮白发，第一次染。"),
    ("Sofia García", "+34 600 000 106", En, "Wedding in June. Short nails, plays the guitar."),
    ("陈静", "+86 138 0013 8007", Zh, "对果酸敏感。"),
    ("James Wilson", "+44 7700 900108", En, "Prefers Marco."),
    ("赵敏", "+86 138 0013 8009", Zh, "每月一次护甲。"),
    ("Aisha Khan", "+44 7700 900110", En, ""),
    ("周婷", "+86 138 0013 8011", Zh, "奶茶怕吹风机，先让它闻一闻。"),
    ("Daniel Murphy", "+353 85 000 0112", En, "Biscuit has a hot spot behind the left ear."),
];

/// Owner, name, species, breed, born on.
type PetRow = (usize, &'static str, Species, &'static str, (i32, u32, u32));

const PETS: [PetRow; 3] = [
    (10, "奶茶", Species::Dog, "玩具贵宾 Toy poodle", (2021, 6, 1)),
    (11, "Biscuit", Species::Dog, "English springer spaniel", (2018, 3, 14)),
    (11, "Olive", Species::Cat, "Domestic shorthair", (2020, 9, 2)),
];

pub(super) const LIN_YA: usize = 0;
pub(super) const CHEN_SI: usize = 2;
pub(super) const MARCO: usize = 3;

/// Everybody's id, in the order of the tables above.
pub(super) struct Shop {
    pub(super) staff: Vec<Uuid>,
    pub(super) customers: Vec<Uuid>,
    /// By owner: their first pet.
    pub(super) pets: Vec<Option<Uuid>>,
}

/// Hashing takes its time: it is done before the transaction.
pub(super) async fn password_hashes(app: &AppState) -> anyhow::Result<Vec<String>> {
    let mut hashes = Vec::new();
    for (_, email, ..) in STAFF {
        hashes.push(app.passwords.hash(&parse(Password::parse, &password(app, email))?).await?);
    }
    Ok(hashes)
}

pub(super) async fn hire_and_welcome(
    txn: &Write,
    hashes: Vec<String>,
    now: Timestamp,
) -> anyhow::Result<Shop> {
    let mut shop = Shop { staff: Vec::new(), customers: Vec::new(), pets: Vec::new() };
    for (member, hash) in STAFF.into_iter().zip(hashes) {
        shop.staff.push(accounts::create(txn, new_staff(member)?, hash, now).await?.id);
    }
    for (n, (name, phone, language, notes)) in CUSTOMERS.into_iter().enumerate() {
        let new = NewCustomer {
            name: Name::parse(name)?,
            phone: PhoneNumber::parse(phone)?,
            language,
            notes: Notes::parse(notes)?,
        };
        let customer = new.into_row(now).insert(txn).await?.id;
        shop.customers.push(customer);
        shop.pets.push(bring_pets(txn, n, customer, now).await?);
    }
    Ok(shop)
}

/// In which customer `n` is spoken to.
pub(super) fn language(n: usize) -> Language {
    CUSTOMERS[n].2
}

/// Who is a member of the demo's staff, and how they sign in.
pub(super) fn credentials(app: &AppState, member: &Staff) -> Option<DemoStaff> {
    let (_, email, role, _) = STAFF.into_iter().find(|(_, email, ..)| *email == member.email)?;
    let role = serde_json::to_value(role).ok()?.as_str()?.to_owned();
    Some(DemoStaff { role, email: email.to_owned(), password: password(app, email) })
}

async fn bring_pets(
    txn: &Write,
    n: usize,
    owner: Uuid,
    now: Timestamp,
) -> anyhow::Result<Option<Uuid>> {
    let mut first = None;
    for (_, name, species, breed, (year, month, day)) in PETS.into_iter().filter(|pet| pet.0 == n) {
        let born_on = NaiveDate::from_ymd_opt(year, month, day);
        let new = NewPet {
            name: Name::parse(name)?,
            species,
            breed: Line::parse(breed)?,
            born_on: born_on.map(BirthDate::try_from).transpose()?,
        };
        let pet = new.into_row(owner, now).insert(txn).await?.id;
        first.get_or_insert(pet);
    }
    Ok(first)
}

fn new_staff((name, email, role, language): Member) -> anyhow::Result<NewStaff> {
    // Only its hash is kept, and that was made before.
    let password = parse(Password::parse, "not used: hashed already")?;
    let (name, email) = (parse(PersonName::parse, name)?, parse(Email::parse, email)?);
    Ok(NewStaff { name, email, role, language, password })
}

/// A different one in every installation, and the same at every start of one.
fn password(app: &AppState, email: &str) -> String {
    let tag = app.secret.sign("demo passwords", email.as_bytes());
    URL_SAFE_NO_PAD.encode(&tag[..9]).replace(['-', '_'], "x")
}

fn parse<T>(parse: fn(&str) -> Result<T, &'static str>, text: &str) -> anyhow::Result<T> {
    parse(text).map_err(anyhow::Error::msg)
}
