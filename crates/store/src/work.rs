//! The unit of work: one transaction, many requests, and what they share until it is durable.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bongsu_authority::{ActId, CaseId, InstitutionId};
use bongsu_ledger::NodeKey;
use bongsu_ledger::hash::Hash;
use bongsu_ledger::leaf::{
    EntryKind, Leaf, Parents, RoleCode, Routing, commit, envelope_digest, length_bucket,
};
use bongsu_ledger::tile::TileKind;
use bongsu_response::{Act, Case, Entry, Obligation};

use crate::chance::{Chance, draw};
use crate::clock::Clock;
use crate::codes;
use crate::documents;
use crate::error::Error;
use crate::keep;
use crate::log::{Log, int};
use crate::port::{Tx, Value, ask, id};
use crate::schema::{self, Table};
use crate::sealing::{Keyring, Owner, Place, SealKey};
use crate::sql;

/// Who writes this log.
#[derive(Debug)]
pub(crate) struct Identity {
    /// The station whose log this is.
    pub(crate) station: RoleCode,
    /// The key that signs it, and the acts in it.
    pub(crate) key: NodeKey,
    /// Is it a drill's?
    pub(crate) drill: bool,
    /// How far its clock may be off.
    pub(crate) clock: Clock,
}

/// One transaction on its way to being durable.
pub(crate) struct Work<'a> {
    pub(crate) tx: Box<dyn Tx + 'a>,
    pub(crate) ring: &'a Keyring,
    pub(crate) chance: &'a mut dyn Chance,
    pub(crate) node: &'a Identity,
    /// Becomes the writer's own when this is durable.
    pub(crate) log: Log,
    /// Keys made in here: nobody else may use them before they are durable.
    pub(crate) fresh: HashMap<Owner, Arc<SealKey>>,
    /// Rows that no statement in here looks for, put at the end.
    last: BTreeMap<&'static str, (&'static Table, Vec<Vec<Value>>)>,
    /// Systems whose newest inventory came without a document: the older one goes.
    pub(crate) bare: BTreeSet<[u8; 16]>,
    pub(crate) cases: HashMap<CaseId, Kept<Case>>,
    pub(crate) acts: HashMap<ActId, Kept<Act>>,
    pub(crate) obligations: HashMap<(ActId, InstitutionId), Kept<Obligation>>,
}

/// Something with a row, as it stands in this transaction.
#[derive(Clone, Debug)]
pub(crate) struct Kept<T> {
    pub(crate) it: T,
    /// The log entry that changed it last.
    pub(crate) entry: u64,
    /// Is the row behind?
    pub(crate) changed: bool,
}

/// What is left of a transaction once it is durable.
pub(crate) struct Done {
    pub(crate) log: Log,
    fresh: HashMap<Owner, Arc<SealKey>>,
}

impl Done {
    /// Takes what others may use from now on.
    pub(crate) fn settle(self, ring: &Keyring) -> Log {
        for (owner, key) in &self.fresh {
            ring.remember(*owner, key);
        }
        self.log
    }
}

impl<'a> Work<'a> {
    pub(crate) fn new(
        tx: Box<dyn Tx + 'a>,
        log: Log,
        ring: &'a Keyring,
        chance: &'a mut dyn Chance,
        node: &'a Identity,
    ) -> Self {
        Self {
            tx,
            ring,
            chance,
            node,
            log,
            fresh: HashMap::new(),
            last: BTreeMap::new(),
            bare: BTreeSet::new(),
            cases: HashMap::new(),
            acts: HashMap::new(),
            obligations: HashMap::new(),
        }
    }

    // Keys.

    /// Makes the key of a new institution or case; an institution that is enrolled again keeps its own.
    pub(crate) fn make_key(&mut self, owner: Owner) -> Result<(), Error> {
        if self.fresh.contains_key(&owner) || self.ring.key(owner, self.tx.as_mut())?.is_some() {
            return Ok(());
        }
        self.make_new_key(owner);
        Ok(())
    }

    /// Makes a key for an owner that has none.
    pub(crate) fn make_new_key(&mut self, owner: Owner) {
        let (key, wrapped) = self.ring.make(owner, self.chance);
        let (kind, bytes) = owner.columns();
        self.put_last(&schema::KEYS, vec![kind.into(), id(bytes), wrapped.into()]);
        self.fresh.insert(owner, key);
    }

    /// The key of an owner.
    ///
    /// # Errors
    /// [`Error::Erased`] where it was destroyed.
    pub(crate) fn key(&mut self, owner: Owner) -> Result<Arc<SealKey>, Error> {
        if let Some(key) = self.fresh.get(&owner) {
            return Ok(Arc::clone(key));
        }
        if let Some(key) = self.ring.key(owner, self.tx.as_mut())? {
            return Ok(key);
        }
        if owner == Owner::Node {
            self.make_new_key(owner);
            return self.key(owner);
        }
        Err(Error::Erased)
    }

    /// Seals something in a column `sealed`.
    pub(crate) fn seal(
        &mut self,
        owner: Owner,
        table: &'static str,
        row: &[u8],
        text: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let key = self.key(owner)?;
        Ok(key.seal(Place { table, column: "sealed", row }, text, self.chance))
    }

    // The log.

    /// Appends an entry to the log; gives its position and leaf hash.
    pub(crate) fn append(&mut self, entry: &Entry, owner: Owner) -> Result<(u64, Hash), Error> {
        let content = serde_json::to_vec(entry).expect("an entry has only text keys");
        let salt: [u8; 32] = draw(self.chance);
        let position = self.log.size();
        let sealed = self.seal(
            owner,
            schema::ENTRIES.name,
            &position.to_be_bytes(),
            &[&salt[..], &content].concat(),
        )?;
        let (kind, owner) = owner.columns();
        let leaf = Leaf {
            kind: EntryKind(codes::entry_kind(&entry.event)),
            at: entry.at.as_microsecond(),
            routing: Routing {
                owner: self.node.station.clone(),
                tlp: entry.label.tlp as u8,
                grade: entry.label.grade as u8,
                audience: u8::try_from(kind).expect("there are three kinds of owners"),
            },
            commitment: commit(&salt, &content),
            envelope: envelope_digest(&sealed),
            bucket: length_bucket(sealed.len() as u64),
            author: self.node.key.id(),
            parents: Parents::none(),
        }
        .to_bytes();
        let hash = bongsu_ledger::hash::leaf_hash(&leaf);
        for tile in self.log.append(hash, entry.at) {
            let TileKind::Hashes(level) = tile.id.kind else { continue };
            let row = vec![i64::from(level).into(), int(tile.id.index), tile.bytes.into()];
            self.put_last(&schema::TILES, row);
        }
        let row = vec![
            int(position),
            leaf.into(),
            hash.0.to_vec().into(),
            kind.into(),
            id(owner),
            sealed.into(),
        ];
        self.put_last(&schema::ENTRIES, row);
        Ok((position, hash))
    }

    /// The leaf hash at a position, also of an entry that is not yet put.
    pub(crate) fn hash_at(&mut self, position: u64) -> Result<Hash, Error> {
        if let Some((_, rows)) = self.last.get(schema::ENTRIES.name) {
            let found = rows.iter().find(|row| row[0] == int(position)).map(|row| &row[2]);
            if let Some(Value::Bytes(bytes)) = found {
                return Ok(Hash(bytes.as_slice().try_into().expect("a hash has 32 bytes")));
            }
        }
        let mut hash = Hash([0; 32]);
        self.tx.rows(ask(sql::HASH_AT, &[int(position)]), &mut |row| {
            hash = Hash(row.array(0)?);
            Ok(())
        })?;
        Ok(hash)
    }

    // Rows.

    /// Puts a row at the end.
    pub(crate) fn put_last(&mut self, table: &'static Table, row: Vec<Value>) {
        self.last.entry(table.name).or_insert((table, Vec::new())).1.push(row);
    }

    /// A case as it stands here.
    pub(crate) fn case(&mut self, id: CaseId) -> Result<Option<&mut Kept<Case>>, Error> {
        keep::find(self, id)
    }

    /// An act as it stands here.
    pub(crate) fn act(&mut self, id: ActId) -> Result<Option<&mut Kept<Act>>, Error> {
        keep::find(self, id)
    }

    /// An obligation as it stands here.
    pub(crate) fn obligation(
        &mut self,
        act: ActId,
        institution: InstitutionId,
    ) -> Result<Option<&mut Kept<Obligation>>, Error> {
        keep::find(self, (act, institution))
    }

    /// Brings rows up to date, before a statement that looks at many of them.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        keep::flush::<CaseId>(self)?;
        keep::flush::<ActId>(self)?;
        keep::flush::<(ActId, InstitutionId)>(self)
    }

    /// Forgets obligations of an act, after a statement that changed many of them.
    pub(crate) fn forget_obligations(&mut self, of: ActId) {
        self.obligations.retain(|(act, _), _| *act != of);
    }

    /// Puts what is left and makes everything durable.
    ///
    /// # Errors
    /// The first half of the pair: nothing was recorded. The second: nobody knows.
    pub(crate) fn commit(mut self) -> Result<Done, NotDone> {
        self.finish().map_err(NotDone::Nothing)?;
        let done = Done { log: self.log, fresh: self.fresh };
        self.tx.commit().map_err(NotDone::Unknown)?;
        Ok(done)
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.flush()?;
        documents::drop_bare(self)?;
        for (table, rows) in std::mem::take(&mut self.last).into_values() {
            self.tx.put(table, &rows)?;
        }
        let head = vec![1.into(), int(self.log.size()), self.log.frontier().into()];
        Ok(self.tx.put(&schema::HEAD, &[head])?)
    }
}

/// Why a transaction is not durable.
pub(crate) enum NotDone {
    /// It was rolled back.
    Nothing(Error),
    /// It was to be made durable, and nobody knows whether it is.
    Unknown(crate::port::Fault),
}
