"""Field names of Pinduoduo's interfaces, as its API pages list them.

From the community SDK pdd-node-sdk (MIT, 2023), which carries those pages whole; `contact_mobile`
and the two address ids from the page of pdd.order.information.get as of 2026. Names are facts; what
they mean stands where they are used. A name with `!` is needed.
"""

REQUESTS = {
    "pdd.order.number.list.increment.get": (
        "end_updated_at! is_lucky_flag! order_status! page! page_size refund_status! "
        "start_updated_at! trade_type use_has_next"
    ),
    "pdd.order.list.get": (
        "end_confirm_at! order_status! page! page_size! refund_status! start_confirm_at! "
        "trade_type use_has_next"
    ),
    "pdd.order.information.get": "order_sn!",
    "pdd.refund.list.increment.get": (
        "after_sales_status! after_sales_type! end_updated_at! order_sn page page_size "
        "start_updated_at!"
    ),
    "pdd.logistics.online.send": (
        "feature logistics_id! order_sn! redelivery_type refund_address_id tracking_number!"
    ),
    "pdd.order.upload.extra.logistics": "extra_track_list! extra_track_type order_sn!",
    "pdd.order.note.update": "note! order_sn! tag tag_name",
    "pdd.goods.quantity.update": "goods_id! outer_id quantity! sku_id update_type",
    "pdd.pop.auth.token.refresh": "refresh_token!",
    "pdd.logistics.companies.get": "",
    "pdd.time.get": "",
    "pdd.goods.list.get": (
        "outer_id is_onsale goods_name page_size page outer_goods_id cost_template_id"
    ),
}
ORDER = (
    "address address_mask after_sales_status bonded_warehouse buyer_memo "
    "capital_free_discount card_info_list cat_id_1 cat_id_2 cat_id_3 cat_id_4 city city_id "
    "confirm_status confirm_time contact_mobile country country_id created_time "
    "delivery_home_value delivery_install_value delivery_one_day discount_amount "
    "duoduo_wholesale extra_delivery_list free_sf gift_delivery_list gift_list goods_amount "
    "group_order_id group_role group_status home_delivery_type home_install_value "
    "inner_transaction_id invoice_status is_lucky_flag is_pre_sale is_stock_out item_list "
    "last_ship_time logistics_id mkt_biz_type only_support_replace open_address_id "
    "open_address_id_2 order_change_amount order_depot_info order_sn order_status "
    "order_tag_list pay_amount pay_no pay_time pay_type platform_discount postage "
    "pre_sale_time promise_delivery_time province province_id receive_time receiver_address "
    "receiver_address_mask receiver_name receiver_name_mask receiver_phone "
    "receiver_phone_mask refund_status remark remark_tag remark_tag_name resend_delivery_list "
    "return_freight_payer risk_control_status self_contained seller_discount "
    "service_fee_detail ship_additional_link_order ship_additional_origin_order shipping_time "
    "shipping_type step_order_info stock_out_handle_status store_info "
    "support_nationwide_warranty town town_id tracking_number trade_type updated_at "
    "urge_shipping_time yyps_date yyps_time"
)
ITEM = (
    "goods_count goods_id goods_img goods_name goods_price goods_spec outer_goods_id outer_id "
    "sku_id"
)
GIFT = (
    "goods_count goods_id goods_img goods_name goods_price goods_spec outer_goods_id outer_id "
    "sku_id"
)
EXTRA = "logistics_id tracking_number"
STEP = "advanced_paid_fee step_discount_amount step_paid_fee step_trade_status"
GOODS = (
    "thumb_url goods_id goods_name image_url is_more_sku goods_quantity is_onsale sku_list "
    "goods_reserve_quantity spec sku_id sku_quantity outer_id outer_goods_id is_sku_onsale "
    "reserve_quantity"
)
REFUND = (
    "after_sale_reason after_sales_status after_sales_type confirm_time created_time "
    "discount_amount dispute_refund_status good_image goods_id goods_name goods_number "
    "goods_price id order_amount order_sn outer_goods_id outer_id refund_amount shipping_name "
    "sku_id speed_refund_flag speed_refund_status tracking_number updated_time "
    "user_shipping_status"
)
ANSWERS = {
    "pdd.order.number.list.increment.get": (
        "order_sn_increment_get_response: has_next order_sn_list total_count"
    ),
    "pdd.pmc.user.permit": "pmc_user_permit_response: is_success",
    "pdd.order.list.get": "order_list_get_response: has_next order_list total_count",
    "pdd.order.information.get": "order_info_get_response: order_info",
    "pdd.refund.list.increment.get": "refund_increment_get_response: refund_list total_count",
    "pdd.logistics.online.send": "logistics_online_send_response: is_success",
    "pdd.order.upload.extra.logistics": "upload_extra_logistics_response: success",
    "pdd.order.note.update": "response: error_code error_msg success",
    "pdd.goods.quantity.update": "goods_quantity_update_response: is_success",
    "pdd.pop.auth.token.refresh": (
        "pop_auth_token_refresh_response: access_token expires_at expires_in owner_id "
        "owner_name r1_expires_at r1_expires_in r2_expires_at r2_expires_in refresh_token "
        "refresh_token_expires_at refresh_token_expires_in scope w1_expires_at w1_expires_in "
        "w2_expires_at w2_expires_in"
    ),
    "pdd.logistics.companies.get": "logistics_companies_get_response: logistics_companies",
    "pdd.time.get": "time_get_response: time",
    "pdd.goods.list.get": "goods_list_get_response: goods_list total_count",
}
