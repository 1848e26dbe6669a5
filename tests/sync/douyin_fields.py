"""Field names of Douyin shop's interfaces, as the official Go SDK of 2023-02-21 lists them.

`order.logisticsEditByPack` is not in it and stands as a community SDK (SKIT) has it. Names are
facts; what they mean stands where they are used. A name with `!` is needed.
"""

REQUESTS = {
    "order.searchList": (
        "abnormal_order after_sale_status_desc b_type combine_status create_time_end "
        "create_time_start fulfil_status is_searchable order_asc order_by order_type "
        "page! presell_type product size! tracking_no trade_type update_time_end "
        "update_time_start"
    ),
    "order.orderDetail": "is_searchable shop_order_id!",
    "order.logisticsAdd": (
        "address_id after_sale_address_id company company_code is_refund_reject "
        "is_reject_refund logistics_code logistics_id order_id! serial_number_list "
        "store_id"
    ),
    "order.logisticsAddMultiPack": (
        "address_id after_sale_address_id is_refund_reject is_reject_refund order_id! "
        "pack_list! request_id! serial_number_list store_id"
    ),
    "order.logisticsEdit": (
        "after_sale_address_id company company_code logistics_code logistics_id order_id! store_id"
    ),
    "order.addOrderRemark": "is_add_star order_id! remark! star",
    "sku.syncStock": (
        "code idempotent_id incremental out_product_id out_sku_id out_warehouse_id "
        "product_id sku_id step_stock_num stock_num! supplier_id"
    ),
    "sku.stockNum": "code out_warehouse_id sku_id",
    "afterSale.List": (
        "aftersale_id aftersale_status aftersale_sub_type aftersale_type "
        "agree_refuse_sign amount_end amount_start arbitrate_status end_time "
        "logistics_status need_special_type order_by order_flag order_id "
        "order_logistics_state order_logistics_tracking_no page! pay_type reason "
        "refund_type risk_flag size! standard_aftersale_status start_time update_end_time "
        "update_start_time"
    ),
    "token.create": "auth_id auth_subject_type code grant_type! shop_id test_shop",
    "token.refresh": "grant_type! refresh_token!",
    "order.logisticsCompanyList": "",
    "order.logisticsEditByPack": "company_code logistics_code! logistics_id order_id! pack_id!",
}
PACK = "company company_code logistics_code logistics_id shipped_order_info"
PACKED = "bundle_list shipped_item_ids shipped_num shipped_order_id"
ORDER = (
    "accept_order_status address_tag_ui app_id appointment_ship_time "
    "author_cost_amount b_type b_type_desc biz biz_desc buyer_words cancel_reason "
    "channel_payment_no create_time d_car_shop_biz_data doudian_open_id "
    "earliest_receipt_time early_arrival encrypt_post_receiver encrypt_post_tel "
    "exp_ship_time finish_time latest_receipt_time logistics_info main_status "
    "main_status_desc mask_post_addr mask_post_receiver mask_post_tel modify_amount "
    "modify_post_amount only_platform_cost_amount open_id order_amount "
    "order_expire_time order_id order_level order_phase_list order_status "
    "order_status_desc order_type order_type_desc packing_amount pay_amount pay_time "
    "pay_type platform_cost_amount post_addr post_amount post_insurance_amount "
    "post_origin_amount post_promotion_amount post_receiver post_tel promise_info "
    "promotion_amount promotion_detail promotion_pay_amount promotion_platform_amount "
    "promotion_redpack_amount promotion_redpack_platform_amount "
    "promotion_redpack_talent_amount promotion_shop_amount promotion_talent_amount "
    "seller_remark_stars seller_words serial_number_list ship_time shop_cost_amount "
    "shop_id shop_name shop_order_tag_ui sku_order_list sub_b_type sub_b_type_desc "
    "supermarket_order_serial_no target_arrival_time tax_amount "
    "total_promotion_amount trade_type trade_type_desc update_time user_coordinate "
    "user_id_info user_tag_ui"
)
SUB = (
    "account_list ad_env_type after_sale_info app_id appointment_ship_time "
    "author_cost_amount author_id author_name b_type b_type_desc biz biz_desc "
    "bundle_sku_info c_biz c_biz_desc campaign_info cancel_reason card_voucher "
    "channel_payment_no cid code confirm_receipt_time content_id contract_info "
    "create_time encrypt_post_receiver encrypt_post_tel exp_ship_time finish_time "
    "first_cid fourth_cid given_product_activity_info given_product_type goods_type "
    "has_tax inventory_list inventory_type inventory_type_desc is_activity is_comment "
    "item_num logistics_receipt_time main_status main_status_desc mask_post_addr "
    "mask_post_receiver mask_post_tel master_sku_order_id master_sku_order_id_list "
    "modify_amount modify_post_amount need_serial_number only_platform_cost_amount "
    "order_amount order_expire_time order_id order_level order_status "
    "order_status_desc order_type order_type_desc origin_amount origin_id "
    "out_product_id out_sku_id out_warehouse_ids page_id parent_order_id pay_amount "
    "pay_time pay_type platform_cost_amount post_addr post_amount "
    "post_insurance_amount post_receiver post_tel pre_sale_type product_id "
    "product_id_str product_name product_pic promise_info promotion_amount "
    "promotion_detail promotion_pay_amount promotion_platform_amount "
    "promotion_redpack_amount promotion_redpack_platform_amount "
    "promotion_redpack_talent_amount promotion_shop_amount promotion_talent_amount "
    "quality_check_info receive_type reduce_stock_type reduce_stock_type_desc "
    "relation_order room_id room_id_str second_cid send_pay send_pay_desc ship_time "
    "shop_cost_amount sku_customization_info sku_id sku_order_tag_ui "
    "sku_yun_warehouse_info source_platform spec store_info sub_b_type "
    "sub_b_type_desc sum_amount supplier_id tax_amount theme_type theme_type_desc "
    "third_cid trade_type trade_type_desc update_time video_id warehouse_ids "
    "writeoff_info"
)
PARCEL = (
    "added_services company company_name delivery_id hour_up_pickup_code product_info "
    "ship_time tracking_no"
)
PARCELLED = (
    "outer_sku_id price product_count product_id product_id_str product_name sku_id "
    "sku_order_id sku_specs"
)
PLACE = "city detail encrypt_detail id name province street town"
INSIDE = (
    "after_sale_status after_sale_type aftersale_refund_type_text "
    "aftersale_status_text aftersale_type_text arbitrate_status_text bad_item_text "
    "count inventory_type inventory_type_desc logistics_text name out_warehouse_id "
    "reason_text refund_status return_logistics_text value warehouse_id "
    "warehouse_type"
)
AFTER_SALE_PARTS = (
    "aftersale_info order_flag order_info related_order_info seller_logs shop_order_id text_part"
)
AFTER_SALE = (
    "aftersale_id aftersale_num aftersale_order_type aftersale_refund_type "
    "aftersale_status aftersale_sub_type aftersale_tags aftersale_type apply_time "
    "arbitrate_blame arbitrate_status create_time exchange_logistics_company_name "
    "exchange_sku_info got_pkg is_agree_refuse_sign left_urge_sms_count "
    "order_logistics part_type reason_second_labels refund_amount refund_post_amount "
    "refund_status refund_tax_amount refund_type related_id remark "
    "return_logistics_code return_logistics_company_name return_promotion_amount "
    "risk_decision_code risk_decision_description risk_decision_reason "
    "status_deadline store_id store_name update_time"
)
RELATED = (
    "aftersale_item_num aftersale_pay_amount aftersale_post_amount "
    "aftersale_tax_amount create_time given_sku_order_ids is_oversea_order item_num "
    "logistics_code logistics_company_name order_status pay_amount post_amount price "
    "product_id product_image product_name promotion_pay_amount shop_sku_code "
    "sku_order_id sku_spec tags tax_amount"
)
