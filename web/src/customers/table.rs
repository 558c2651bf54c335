//! The tables of customers and pets.

pub mod customer {
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;
    use crate::customers::PhoneNumber;
    use crate::language::Language;
    use crate::text::{Name, Notes};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "customers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: Name,
        pub phone: PhoneNumber,
        pub language: Language,
        pub notes: Notes,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod pet {
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;
    use crate::customers::{BirthDate, Species};
    use crate::text::{Line, Name};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub customer_id: Uuid,
        pub name: Name,
        pub species: Species,
        /// Empty when nobody knows.
        pub breed: Line,
        pub born_on: Option<BirthDate>,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
