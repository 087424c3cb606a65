//! The bytes of an act's text that are hashed, reviewed and signed.

use bongsu_authority::{ActId, CaseId, Grade, Mark, Size, Tlp};

use crate::{ActKind, Draft};

/// Says what the bytes are and in which edition of this encoding.
const DOMAIN: &[u8] = b"bongsu act text v1\n";

impl Draft {
    /// The canonical bytes of the text, for hashing.
    ///
    /// Two drafts have the same bytes only if they are the same text of the same act: the act, its case and its kind
    /// are inside, so a reviewed advisory is never a directive.
    ///
    /// - **Shape:** the line `bongsu act text v1`; act and case, 16 bytes each; then every field in the order below. A
    ///   text is its length in bytes as 8 bytes, big-endian, and its UTF-8. An absent text is one byte 0, a present one
    ///   a byte 1 before it. A set is its count as 8 bytes and its members in ascending order. A word of a list and a
    ///   flag are one byte each, whose values stand in this file and never change.
    /// - **Order:** act, case, kind, issuer, title (Korean, English), what to do (Korean, English), legal basis,
    ///   sectors, sizes, marks, ask unknown, everybody, TLP, grade, drill.
    pub fn canonical(&self, act: ActId, case: CaseId, kind: ActKind) -> Vec<u8> {
        let mut bytes = DOMAIN.to_vec();
        bytes.extend(act.0);
        bytes.extend(case.0);
        bytes.push(kind_byte(kind));
        for text in
            [self.issuer.as_str(), &self.title_ko, &self.title_en, &self.todo_ko, &self.todo_en]
        {
            put_text(&mut bytes, text);
        }
        bytes.push(u8::from(self.legal_basis.is_some()));
        if let Some(basis) = &self.legal_basis {
            put_text(&mut bytes, basis);
        }
        let audience = &self.audience;
        put_count(&mut bytes, audience.sectors.len());
        audience.sectors.iter().for_each(|sector| put_text(&mut bytes, sector.as_str()));
        put_bytes(&mut bytes, audience.sizes.iter().map(|size| size_byte(*size)));
        put_bytes(&mut bytes, audience.marks.iter().map(|mark| mark_byte(*mark)));
        bytes.push(u8::from(audience.ask_unknown));
        bytes.push(u8::from(audience.everybody));
        bytes.push(tlp_byte(self.label.tlp));
        bytes.push(grade_byte(self.label.grade));
        bytes.push(u8::from(self.drill));
        bytes
    }
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_count(bytes, text.len());
    bytes.extend(text.as_bytes());
}

fn put_count(bytes: &mut Vec<u8>, count: usize) {
    bytes.extend((count as u64).to_be_bytes());
}

fn put_bytes(bytes: &mut Vec<u8>, members: impl ExactSizeIterator<Item = u8>) {
    put_count(bytes, members.len());
    let mut members: Vec<u8> = members.collect();
    members.sort_unstable(); // the order of the bytes, whatever the order of the type becomes
    bytes.extend(members);
}

fn kind_byte(kind: ActKind) -> u8 {
    match kind {
        ActKind::Advisory => 0,
        ActKind::Guideline => 1,
        ActKind::ActionRequest => 2,
        ActKind::Directive => 3,
    }
}

fn size_byte(size: Size) -> u8 {
    match size {
        Size::Small => 0,
        Size::Medium => 1,
        Size::Large => 2,
    }
}

fn mark_byte(mark: Mark) -> u8 {
    match mark {
        Mark::Major => 0,
        Mark::Critical => 1,
        Mark::IsmsObliged => 2,
        Mark::SharingMember => 3,
        Mark::ServiceProvider => 4,
        Mark::Supplier => 5,
        Mark::AirGapped => 6,
    }
}

fn tlp_byte(tlp: Tlp) -> u8 {
    match tlp {
        Tlp::Clear => 0,
        Tlp::Green => 1,
        Tlp::Amber => 2,
        Tlp::AmberStrict => 3,
        Tlp::Red => 4,
    }
}

fn grade_byte(grade: Grade) -> u8 {
    match grade {
        Grade::Open => 0,
        Grade::Sensitive => 1,
        Grade::Classified => 2,
    }
}
