//! What somebody asks who wants to know who has it: a flaw, or a package or product and versions of it.

use bongsu_advisory::{Versions, VulnerabilityId};
use bongsu_matching::{Knowledge, Question, versions_in_words};
use bongsu_package::{Bound, Interval, PackageName, ProductName, Purl};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::problem::{Own, Problem};
use crate::wire::Text;

/// What follows the question mark.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Query {
    /// An identifier such as `CVE-2021-44228`, a package URL, or `vendor/product`.
    #[schemars(length(min = 2, max = 512))]
    q: Text<512>,
    /// Only versions from this one on.
    #[schemars(length(min = 1, max = 128))]
    from: Option<Text<128>>,
    /// Only versions before this one.
    #[schemars(length(min = 1, max = 128))]
    below: Option<Text<128>>,
}

/// What is asked, understood.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Asking {
    /// Who is affected by what has these names.
    Flaws(Vec<VulnerabilityId>),
    /// Who runs these versions of a package.
    Package(PackageName, Interval),
    /// Who runs these versions of a product.
    Product(ProductName, Interval),
}

impl Asking {
    pub(super) fn read(query: &Query) -> Result<Self, Problem> {
        let text = query.q.0.trim();
        let stated = interval(query);
        if text.starts_with("pkg:") {
            let wrong = |why: String| {
                Problem::unfit(Own::WhoHasPurl, format!("`q` is no package URL: {why}"))
            };
            let purl: Purl = text
                .parse()
                .map_err(|why: bongsu_package::ParsePurlError| wrong(why.to_string()))?;
            let name = PackageName::from_purl(&purl);
            let name =
                name.ok_or_else(|| wrong("it names no package of an ecosystem".to_owned()))?;
            let exactly = || purl.full_version().map(|version| Interval::point(&version));
            let versions = stated.or_else(exactly).unwrap_or(Interval::ALL);
            return Ok(Self::Package(name, versions));
        }
        if let Some((vendor, product)) = text.split_once('/') {
            let name = ProductName::new(vendor, product);
            let name = name.ok_or_else(|| {
                Problem::unfit(Own::WhoHasProduct, "`q` names no product: such as `apache/log4j`")
            })?;
            return Ok(Self::Product(name, stated.unwrap_or(Interval::ALL)));
        }
        if stated.is_some() {
            return Err(Problem::unfit(
                Own::VersionsOfFlaw,
                "versions go with a package or product: a flaw's advisories say which are affected",
            ));
        }
        let flaw = text.parse().map_err(|_| {
            Problem::unfit(
                Own::WhoHasName,
                "`q` is an identifier such as CVE-2021-44228, a package URL, or vendor/product",
            )
        })?;
        Ok(Self::Flaws(vec![flaw]))
    }

    /// What the index is asked.
    ///
    /// # Errors
    /// [`Problem`] 409 where no advisory that stands names versions: silence would look like nobody.
    pub(super) fn questions(&self, knowledge: &Knowledge) -> Result<Vec<Question>, Problem> {
        match self {
            Self::Flaws(names) => {
                let questions: Vec<_> = names.iter().map(|name| knowledge.question(name)).collect();
                if questions.iter().all(|one| one.affected.is_empty() && one.open.is_empty()) {
                    return Err(Problem::refused(
                        Own::NoVersions,
                        "no advisory that stands names versions for it, so nobody can say who has it",
                    ));
                }
                Ok(questions)
            }
            Self::Package(name, versions) => {
                Ok(vec![knowledge.question_of_package(name, versions)])
            }
            Self::Product(name, versions) => {
                Ok(vec![knowledge.question_of_product(name, versions)])
            }
        }
    }

    /// How it was understood: kind, name, versions.
    pub(super) fn said(&self) -> (&'static str, String, Option<String>) {
        let words =
            |versions: &Interval| Some(versions_in_words(&Versions::Range(versions.clone())));
        match self {
            Self::Flaws(names) => {
                let names: Vec<&str> = names.iter().map(VulnerabilityId::as_str).collect();
                ("flaw", names.join(", "), None)
            }
            Self::Package(name, versions) => ("package", name.to_string(), words(versions)),
            Self::Product(name, versions) => {
                ("product", format!("{}/{}", name.vendor(), name.product()), words(versions))
            }
        }
    }
}

fn interval(query: &Query) -> Option<Interval> {
    let low = query.from.as_ref().map(|text| Bound::Including(text.0.clone()));
    let high = query.below.as_ref().map(|text| Bound::Excluding(text.0.clone()));
    (low.is_some() || high.is_some())
        .then(|| Interval { low: low.unwrap_or(Bound::Open), high: high.unwrap_or(Bound::Open) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(q: &str, from: Option<&str>, below: Option<&str>) -> Result<Asking, Problem> {
        let text = |text: &str| Text(text.to_owned());
        Asking::read(&Query {
            q: text(q),
            from: from.map(|it| Text(it.to_owned())),
            below: below.map(|it| Text(it.to_owned())),
        })
    }

    #[test]
    fn a_flaw_a_package_and_a_product_are_told_apart() {
        assert_eq!(read("cve-2021-44228", None, None).unwrap().said().0, "flaw");
        let package = read("pkg:npm/left-pad@1.3.0", None, None).unwrap();
        assert_eq!(
            package.said(),
            ("package", "npm/left-pad".to_owned(), Some(">= 1.3.0, <= 1.3.0".to_owned()))
        );
        let product = read("Cisco Systems, Inc./IOS XE", None, Some("17.3")).unwrap();
        assert_eq!(product.said().2.as_deref(), Some("< 17.3"));
    }

    #[test]
    fn what_is_nothing_is_refused_with_an_example() {
        for (q, from) in [("two words", None), ("pkg:nothing", None), ("CVE-2021-44228", Some("1"))]
        {
            assert_eq!(read(q, from, None).unwrap_err().kind(), "unfit", "{q}");
        }
    }
}
