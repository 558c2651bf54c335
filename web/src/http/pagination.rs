//! Lists come in pages: `?limit=&cursor=` → `{"items": […], "next_cursor": "…" | null}`.
//!
//! A cursor is opaque to the client. Inside it is the sort key of the last item on the page, so
//! that what is added or removed meanwhile neither repeats nor hides an item.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder,
    QuerySelect, Select, Value,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::problem::{ApiError, ApiResult};

const DEFAULT_LIMIT: u64 = 50;
const MOST: u64 = 200;

/// The query's part of it. A handler with filters of its own takes this as a second `Query`:
/// flattened into another struct, numbers in a query string would not parse.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many items at most: 1 to 200, 50 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl PageQuery {
    pub fn limit(&self) -> u64 {
        self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MOST)
    }

    /// The sort key after which this page begins.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, ApiError> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let key = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        key.map(Some).ok_or_else(|| ApiError::invalid("cursor", "This is no cursor of this list."))
    }
}

/// The order of a list: by a column, and by the id among those that have the same there.
pub struct By<C> {
    pub column: C,
    pub id: C,
    pub order: Order,
}

impl<C: ColumnTrait> By<C> {
    fn sort<E: EntityTrait<Column = C>>(&self, rows: Select<E>) -> Select<E> {
        rows.order_by(self.column, self.order.clone()).order_by(self.id, self.order.clone())
    }

    /// Those that come after this key.
    fn behind<K: Into<Value> + Clone>(&self, (key, id): (K, Uuid)) -> Condition {
        let same = Condition::all().add(self.column.eq(key.clone()));
        let later = Condition::any();
        match self.order {
            Order::Desc => later.add(self.column.lt(key)).add(same.add(self.id.lt(id))),
            _ => later.add(self.column.gt(key)).add(same.add(self.id.gt(id))),
        }
    }
}

impl PageQuery {
    /// Reads this page of `rows`. `key` is what they are sorted by.
    pub async fn read<E, K>(
        &self,
        database: &impl ConnectionTrait,
        rows: Select<E>,
        by: By<E::Column>,
        key: impl Fn(&E::Model) -> (K, Uuid),
    ) -> ApiResult<Page<E::Model>>
    where
        E: EntityTrait,
        K: Serialize + DeserializeOwned + Into<Value> + Clone,
    {
        let mut rows = by.sort(rows);
        if let Some(after) = self.after::<(K, Uuid)>()? {
            rows = rows.filter(by.behind(after));
        }
        let rows = rows.limit(self.limit() + 1).all(database).await?;
        Ok(Page::cut(rows, self.limit(), key))
    }
}

/// One page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Ask for the next page with this; null when this was the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Of `limit + 1` rows fetched, keeps `limit`, and points behind the last one kept.
    pub fn cut<K: Serialize>(mut rows: Vec<T>, limit: u64, key: impl Fn(&T) -> K) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = if more { rows.last() } else { None };
        Self { next_cursor: last.map(|row| encode(&key(row))), items: rows }
    }

    /// The same page with each item in another shape.
    pub fn map<U>(self, shape: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(shape).collect(), next_cursor: self.next_cursor }
    }
}

fn encode(key: &impl Serialize) -> String {
    // Sort keys are numbers, strings and tuples of them: these always serialize.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_behind_the_last_item_of_its_page() {
        let page = Page::cut(vec![1, 2, 3], 2, |item| (*item, "x".to_owned()));
        assert_eq!(page.items, [1, 2]);
        let next = PageQuery { limit: None, cursor: page.next_cursor };
        assert_eq!(next.after::<(i32, String)>().unwrap(), Some((2, "x".to_owned())));
    }

    #[test]
    fn the_last_page_has_no_cursor() {
        assert_eq!(Page::cut(vec![1, 2], 2, |item| *item).next_cursor, None);
    }

    #[test]
    fn a_cursor_that_somebody_made_up_is_refused() {
        let query = PageQuery { limit: None, cursor: Some("🙂".to_owned()) };
        assert_eq!(query.after::<i64>().unwrap_err().code, "invalid");
    }

    #[test]
    fn a_limit_is_brought_within_bounds() {
        assert_eq!(PageQuery { limit: Some(0), cursor: None }.limit(), 1);
        assert_eq!(PageQuery { limit: Some(9_999), cursor: None }.limit(), 200);
    }
}
