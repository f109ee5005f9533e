//! The embedded pair.

use super::TargetError;
use crate::{runner::Direction, scenario::Scenario};

pub struct Embedded {}

impl Embedded {
    pub async fn start(_: &Direction, _: &Scenario) -> Result<Self, TargetError> {
        todo!()
    }
}
