//! The harness itself: the app starts on either database, and its personas can act.

use tests::on_both_databases;
use tests::shop::Shop;

on_both_databases! {
    async fn staff_sign_in_and_strangers_do_not(app: TestApp) {
        let stylist = app.stylist().await;
        assert_eq!(stylist.staff["role"], "stylist");
        stylist.get("/api/v1/sessions/current").await.expect(200);
        app.stranger().get("/api/v1/sessions/current").await.expect(401);
        app.stop().await;
    }
}

on_both_databases! {
    async fn a_booked_consultation_has_a_link_that_is_open(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let token = booked.customer.link().expect("a link").to_owned();
        let link = booked.customer.get(&format!("/api/v1/links/{token}")).await.expect(200).json();
        assert_eq!(link["state"], "open", "{link}");
        app.stop().await;
    }
}
