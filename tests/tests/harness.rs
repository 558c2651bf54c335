//! The harness itself: the app starts on either database, and its personas can act.

use tests::on_both_databases;

on_both_databases! {
    async fn staff_sign_in_and_strangers_do_not(app: TestApp) {
        let stylist = app.stylist().await;
        assert_eq!(stylist.staff["role"], "stylist");
        stylist.get("/api/v1/sessions/current").await.expect(200);
        app.stranger().get("/api/v1/sessions/current").await.expect(401);
        app.stop().await;
    }
}
