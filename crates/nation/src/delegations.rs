//! Which small institutions let a service provider act for them.

use std::collections::BTreeSet;

use bongsu_authority::{Delegation, DelegationId, Institution, Mark, Power};
use jiff::Timestamp;

use crate::noise::Noise;
use crate::officers::{APPOINTED, Officers, accountable};
use crate::profile::Group;

/// 2028-01-01T00:00+09: they end then.
const ENDS: Timestamp = Timestamp::constant(1_830_265_200, 0);

/// Of a hundred small businesses, so many delegate.
const SHARE: u32 = 30;

/// Delegations of small businesses to service providers, by institution.
pub(crate) fn delegations(
    institutions: &[Institution],
    groups: &[Group],
    officers: &Officers,
    seed: u64,
) -> Vec<Delegation> {
    let is_provider = |one: &&Institution| one.marks.contains(&Mark::ServiceProvider);
    let providers: Vec<&Institution> = institutions.iter().filter(is_provider).collect();
    let count = u32::try_from(providers.len()).expect("a nation has few providers");
    let mut delegations = Vec::new();
    for (place, institution) in institutions.iter().enumerate() {
        let mut noise = Noise::of(&[seed, DELEGATION, place as u64]);
        if groups[place] != Group::SmallBusiness || !noise.chance(SHARE) {
            continue;
        }
        // The square makes some providers large and most of them small.
        let draw = noise.below(count.max(1));
        let provider = providers[noise.below(draw + 1) as usize];
        let mut powers = BTreeSet::from([Power::See, Power::Answer, Power::ClaimFixed]);
        powers.extend(noise.chance(70).then_some(Power::Acknowledge));
        powers.extend(noise.chance(40).then_some(Power::Report));
        let signer = accountable(officers.of(place), APPOINTED);
        delegations.push(Delegation {
            id: DelegationId(noise.bytes()),
            institution: institution.id,
            provider: provider.id,
            powers,
            signed_by: signer.expect("every institution has an accountable person").person,
            from: APPOINTED,
            until: ENDS,
        });
    }
    delegations
}

/// A stream of noise: see [`Noise::of`].
const DELEGATION: u64 = 6;
