"""What Adobe's REST schema says of the calls we make: the same in 2.4.8 and 2.4.9.

`admin-schema-2.4.8.yaml` and `-2.4.9.yaml` of AdobeDocs/commerce-webapi, src/openapi (Apache-2.0).
Names alone, without those of base currencies, gift wrapping, cards and weee.
"""

from typing import Any

ORDER = (
    "adjustment_negative adjustment_positive applied_rule_ids billing_address_id "
    "can_ship_partially can_ship_partially_item coupon_code created_at customer_dob "
    "customer_email customer_firstname customer_gender customer_group_id customer_id "
    "customer_is_guest customer_lastname customer_middlename customer_note customer_note_notify "
    "customer_prefix customer_suffix customer_taxvat discount_amount discount_canceled "
    "discount_description discount_invoiced discount_refunded edit_increment email_sent "
    "entity_id ext_customer_id ext_order_id forced_shipment_with_invoice global_currency_code "
    "grand_total discount_tax_compensation_amount discount_tax_compensation_invoiced "
    "discount_tax_compensation_refunded hold_before_state hold_before_status increment_id "
    "is_virtual order_currency_code original_increment_id payment_authorization_amount "
    "payment_auth_expiration protect_code quote_address_id quote_id relation_child_id "
    "relation_child_real_id relation_parent_id relation_parent_real_id remote_ip "
    "shipping_amount shipping_canceled shipping_description shipping_discount_amount "
    "shipping_discount_tax_compensation_amount shipping_incl_tax shipping_invoiced "
    "shipping_refunded shipping_tax_amount shipping_tax_refunded state status "
    "store_currency_code store_id store_name store_to_base_rate store_to_order_rate subtotal "
    "subtotal_canceled subtotal_incl_tax subtotal_invoiced subtotal_refunded tax_amount "
    "tax_canceled tax_invoiced tax_refunded total_canceled total_due total_invoiced "
    "total_item_count total_offline_refunded total_online_refunded total_paid total_qty_ordered "
    "total_refunded updated_at weight x_forwarded_for items billing_address payment "
    "status_histories extension_attributes"
)
ITEM = (
    "additional_data amount_refunded applied_rule_ids created_at description discount_amount "
    "discount_invoiced discount_percent discount_refunded event_id ext_order_item_id "
    "free_shipping discount_tax_compensation_amount discount_tax_compensation_canceled "
    "discount_tax_compensation_invoiced discount_tax_compensation_refunded is_qty_decimal "
    "is_virtual item_id locked_do_invoice locked_do_ship name no_discount order_id "
    "original_price parent_item_id price price_incl_tax product_id product_type qty_backordered "
    "qty_canceled qty_invoiced qty_ordered qty_refunded qty_returned qty_shipped quote_item_id "
    "row_invoiced row_total row_total_incl_tax row_weight sku store_id tax_amount "
    "tax_before_discount tax_canceled tax_invoiced tax_percent tax_refunded updated_at weight "
    "parent_item product_option extension_attributes"
)
ADDRESS = (
    "address_type city company country_id customer_address_id customer_id email entity_id fax "
    "firstname lastname middlename parent_id postcode prefix region region_code region_id "
    "street suffix telephone vat_id vat_is_valid vat_request_date vat_request_id "
    "vat_request_success extension_attributes"
)
PAYMENT = (
    "account_status additional_data additional_information address_status amount_authorized "
    "amount_canceled amount_ordered amount_paid amount_refunded anet_trans_method entity_id "
    "last_trans_id method parent_id po_number protection_eligibility quote_payment_id "
    "shipping_amount shipping_captured shipping_refunded extension_attributes"
)
MEMO = (
    "adjustment adjustment_negative adjustment_positive billing_address_id created_at "
    "creditmemo_status discount_amount discount_description email_sent entity_id "
    "global_currency_code grand_total discount_tax_compensation_amount increment_id invoice_id "
    "order_currency_code order_id shipping_address_id shipping_amount "
    "shipping_discount_tax_compensation_amount shipping_incl_tax shipping_tax_amount state "
    "store_currency_code store_id store_to_base_rate store_to_order_rate subtotal "
    "subtotal_incl_tax tax_amount transaction_id updated_at items comments extension_attributes"
)
MEMO_ITEM = (
    "additional_data description discount_amount entity_id discount_tax_compensation_amount "
    "name order_item_id parent_id price price_incl_tax product_id qty row_total "
    "row_total_incl_tax sku tax_amount extension_attributes"
)
SHIPMENT = (
    "billing_address_id created_at customer_id email_sent entity_id increment_id order_id "
    "packages shipment_status shipping_address_id shipping_label store_id total_qty "
    "total_weight updated_at items tracks comments extension_attributes"
)
SHIPPED = (
    "additional_data description entity_id name parent_id price product_id row_total sku weight "
    "extension_attributes order_item_id qty"
)
TRACK = (
    "order_id created_at entity_id parent_id updated_at weight qty description "
    "extension_attributes track_number title carrier_code"
)
HISTORY = (
    "comment created_at entity_id entity_name is_customer_notified is_visible_on_front "
    "parent_id status extension_attributes"
)

_TRACK = {"track_number!": str, "title!": str, "carrier_code!": str}
_STOCK_FLAGS = (
    "is_in_stock is_qty_decimal show_default_notification_message use_config_min_qty "
    "use_config_max_sale_qty use_config_backorders use_config_notify_stock_qty "
    "use_config_qty_increments use_config_enable_qty_inc enable_qty_increments "
    "use_config_manage_stock manage_stock is_decimal_divided"
)
_STOCK_FIGURES = "qty min_qty min_sale_qty max_sale_qty notify_stock_qty qty_increments"
_STOCK_WHOLE = "use_config_min_sale_qty backorders stock_status_changed_auto"
STOCK_ITEM: dict[str, Any] = {
    "item_id": int,
    "product_id": int,
    "stock_id": int,
    "low_stock_date!": str,
    **{f"{name}!": bool for name in _STOCK_FLAGS.split()},
    **{f"{name}!": float for name in _STOCK_FIGURES.split()},
    **{f"{name}!": int for name in _STOCK_WHOLE.split()},
}

CALLS: dict[tuple[str, str], Any] = {
    ("GET", r"orders"): None,
    ("GET", r"orders/\d+"): None,
    ("POST", r"orders/\d+/comments"): {
        "statusHistory!": {
            "comment!": str,
            "created_at": str,
            "entity_id": int,
            "entity_name": str,
            "is_customer_notified!": int,
            "is_visible_on_front!": int,
            "parent_id!": int,
            "status": str,
        }
    },
    ("POST", r"order/\d+/ship"): {
        "items": [{"order_item_id!": int, "qty!": float}],
        "notify": bool,
        "appendComment": bool,
        "comment": {"comment!": str, "is_visible_on_front!": int},
        "tracks": [_TRACK],
        "packages": [{}],
        "arguments": {"extension_attributes": {"source_code": str}},
    },
    ("GET", r"shipments"): None,
    ("POST", r"shipment/track"): {
        "entity!": {
            "order_id!": int,
            "created_at": str,
            "entity_id": int,
            "parent_id!": int,
            "updated_at": str,
            "weight!": float,
            "qty!": float,
            "description!": str,
            **_TRACK,
        }
    },
    ("DELETE", r"shipment/track/\d+"): None,
    ("GET", r"creditmemos"): None,
    ("GET", r"products"): None,
    ("GET", r"store/storeConfigs"): None,
    ("GET", r"stockItems/[^/]+"): None,
    ("PUT", r"products/[^/]+/stockItems/[^/]+"): {"stockItem!": STOCK_ITEM},
    ("GET", r"inventory/source-items"): None,
    ("POST", r"inventory/source-items"): {
        "sourceItems!": [{"sku": str, "source_code": str, "quantity": float, "status": int}]
    },
    ("GET", r"inventory/stock-source-links"): None,
    ("GET", r"inventory/get-product-salable-quantity/[^/]+/\d+"): None,
}
"""Method and path after /V1/ -> the body's fields, with ! where one is needed."""

SEARCH = (
    r"searchCriteria\[(filterGroups\]\[\d+\]\[filters\]\[\d+\]\[(field|value|conditionType)"
    r"|sortOrders\]\[\d+\]\[(field|direction)|pageSize|currentPage)\]"
)
"""The names of a search; `fields` (any GET) is of the page "Retrieve filtered responses"."""
