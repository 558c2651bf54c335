//! Where a picture of a snapshot comes from.

use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Source {
    /// The subject's own camera, untouched by the call's compression.
    Camera,
    /// The frame that the stylist saw.
    Received,
    /// The call's last key frame, kept by the server.
    KeyFrame,
}

impl Source {
    /// Better sources rank higher.
    pub fn rank(self) -> u8 {
        match self {
            Self::Camera => 2,
            Self::Received => 1,
            Self::KeyFrame => 0,
        }
    }
}

/// The sources that are uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UploadSource {
    Camera,
    Received,
}

impl From<UploadSource> for Source {
    fn from(source: UploadSource) -> Self {
        match source {
            UploadSource::Camera => Self::Camera,
            UploadSource::Received => Self::Received,
        }
    }
}
