CREATE TABLE after_sale (
	id BIGINT NOT NULL,
	channel_id BIGINT DEFAULT 0 NOT NULL,
	order_id BIGINT DEFAULT 0 NOT NULL,
	external_id TEXT DEFAULT '' NOT NULL,
	kind TEXT DEFAULT '' NOT NULL,
	raw_status TEXT DEFAULT '' NOT NULL,
	told_version TEXT DEFAULT '' NOT NULL,
	amount_minor BIGINT DEFAULT 0 NOT NULL,
	currency TEXT DEFAULT '' NOT NULL,
	quantity BIGINT DEFAULT 0 NOT NULL,
	reason TEXT DEFAULT '' NOT NULL,
	said TEXT DEFAULT '' NOT NULL,
	may TEXT DEFAULT '' NOT NULL,
	return_carrier TEXT DEFAULT '' NOT NULL,
	return_no TEXT DEFAULT '' NOT NULL,
	asked_at BIGINT,
	changed_at BIGINT,
	answer TEXT DEFAULT '' NOT NULL,
	answer_state TEXT DEFAULT '' NOT NULL,
	answer_code TEXT DEFAULT '' NOT NULL,
	answered_at BIGINT,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_after_sale PRIMARY KEY (id),
	CONSTRAINT uq_after_sale_channel_id_external_id UNIQUE (channel_id, external_id)
)
;;
CREATE INDEX ix_after_sale_order ON after_sale (order_id)
;;
CREATE TABLE approval (
	id BIGINT NOT NULL,
	kind TEXT DEFAULT '' NOT NULL,
	permission TEXT DEFAULT '' NOT NULL,
	digest BYTEA NOT NULL,
	requester_id BIGINT DEFAULT 0 NOT NULL,
	requester TEXT DEFAULT '' NOT NULL,
	reason TEXT DEFAULT '' NOT NULL,
	object TEXT DEFAULT '' NOT NULL,
	object_id BIGINT DEFAULT 0 NOT NULL,
	places_json TEXT DEFAULT '[]' NOT NULL,
	facts_json TEXT DEFAULT '{}' NOT NULL,
	row_count BIGINT DEFAULT 0 NOT NULL,
	needs_factor BIGINT DEFAULT 0 NOT NULL,
	state TEXT DEFAULT 'waiting' NOT NULL,
	void_why TEXT DEFAULT '' NOT NULL,
	created_at BIGINT DEFAULT 0 NOT NULL,
	ready_at BIGINT DEFAULT 0 NOT NULL,
	expires_at BIGINT DEFAULT 0 NOT NULL,
	approver_id BIGINT DEFAULT 0 NOT NULL,
	approver TEXT DEFAULT '' NOT NULL,
	factor TEXT DEFAULT '' NOT NULL,
	answer TEXT DEFAULT '' NOT NULL,
	decided_at BIGINT,
	used_at BIGINT,
	used_by BIGINT DEFAULT 0 NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_approval PRIMARY KEY (id)
)
;;
CREATE INDEX ix_approval_state ON approval (state, expires_at)
;;
CREATE UNIQUE INDEX one_open_request ON approval (requester_id, digest) WHERE state IN ('waiting', 'consented')
;;
CREATE TABLE audit (
	chain BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	operator_id BIGINT DEFAULT 0 NOT NULL,
	actor TEXT DEFAULT '' NOT NULL,
	role TEXT DEFAULT '' NOT NULL,
	session_id BIGINT DEFAULT 0 NOT NULL,
	ip TEXT DEFAULT '' NOT NULL,
	host TEXT DEFAULT '' NOT NULL,
	os_user TEXT DEFAULT '' NOT NULL,
	app_version TEXT DEFAULT '' NOT NULL,
	action TEXT DEFAULT '' NOT NULL,
	object TEXT DEFAULT '' NOT NULL,
	object_id BIGINT DEFAULT 0 NOT NULL,
	reason TEXT DEFAULT '' NOT NULL,
	result TEXT DEFAULT 'ok' NOT NULL,
	detail_json TEXT DEFAULT '{}' NOT NULL,
	command_id BIGINT DEFAULT 0 NOT NULL,
	changes_json TEXT DEFAULT '' NOT NULL,
	touched BYTEA NOT NULL,
	prev_hash BYTEA NOT NULL,
	hash BYTEA NOT NULL,
	CONSTRAINT pk_audit PRIMARY KEY (chain, seq)
)
;;
CREATE INDEX ix_audit_at ON audit (at)
;;
CREATE INDEX ix_audit_object ON audit (object, object_id)
;;
CREATE INDEX ix_audit_operator ON audit (operator_id, action, at)
;;
CREATE TABLE audit_segment (
	id BIGINT NOT NULL,
	chain BIGINT DEFAULT 0 NOT NULL,
	first_seq BIGINT DEFAULT 0 NOT NULL,
	last_seq BIGINT DEFAULT 0 NOT NULL,
	entries BIGINT DEFAULT 0 NOT NULL,
	first_at BIGINT DEFAULT 0 NOT NULL,
	last_at BIGINT DEFAULT 0 NOT NULL,
	last_hash BYTEA NOT NULL,
	root BYTEA NOT NULL,
	touched BYTEA NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_audit_segment PRIMARY KEY (id),
	CONSTRAINT uq_audit_segment_chain_last_seq UNIQUE (chain, last_seq)
)
;;
CREATE TABLE breaker (
	id BIGINT NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	kind TEXT DEFAULT '' NOT NULL,
	state TEXT DEFAULT 'open' NOT NULL,
	why_json TEXT DEFAULT '{}' NOT NULL,
	opened_at BIGINT DEFAULT 0 NOT NULL,
	opened_by TEXT DEFAULT '' NOT NULL,
	closed_at BIGINT,
	closed_by TEXT DEFAULT '' NOT NULL,
	closed_reason TEXT DEFAULT '' NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_breaker PRIMARY KEY (id)
)
;;
CREATE INDEX ix_breaker_at ON breaker (opened_at, id)
;;
CREATE UNIQUE INDEX one_open_breaker ON breaker (sku, kind) WHERE state = 'open'
;;
CREATE TABLE buyer_notice (
	id BIGINT NOT NULL,
	order_id BIGINT DEFAULT 0 NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	kind TEXT DEFAULT 'presale' NOT NULL,
	expected_at BIGINT,
	state TEXT DEFAULT 'draft' NOT NULL,
	made_at BIGINT DEFAULT 0 NOT NULL,
	told_at BIGINT,
	told_by TEXT DEFAULT '' NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_buyer_notice PRIMARY KEY (id),
	CONSTRAINT uq_buyer_notice_order_id_sku_kind UNIQUE (order_id, sku, kind)
)
;;
CREATE INDEX ix_buyer_notice_state ON buyer_notice (state, id)
;;
CREATE TABLE carrier_account (
	id BIGINT NOT NULL,
	carrier TEXT DEFAULT '' NOT NULL,
	name TEXT DEFAULT '' NOT NULL,
	state TEXT DEFAULT 'on' NOT NULL,
	service TEXT DEFAULT '' NOT NULL,
	warn_below BIGINT DEFAULT 100 NOT NULL,
	credentials_ct BYTEA,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_carrier_account PRIMARY KEY (id)
)
;;
CREATE TABLE cases (
	id BIGINT NOT NULL,
	number TEXT DEFAULT '' NOT NULL,
	kind TEXT DEFAULT '' NOT NULL,
	priority TEXT DEFAULT 'P1' NOT NULL,
	state TEXT DEFAULT 'open' NOT NULL,
	order_id BIGINT DEFAULT 0 NOT NULL,
	channel_id BIGINT DEFAULT 0 NOT NULL,
	kept_id BIGINT DEFAULT 0 NOT NULL,
	subject TEXT DEFAULT '' NOT NULL,
	args_json TEXT DEFAULT '{}' NOT NULL,
	party TEXT DEFAULT '' NOT NULL,
	owner_id BIGINT DEFAULT 0 NOT NULL,
	amount_minor BIGINT DEFAULT 0 NOT NULL,
	currency TEXT DEFAULT '' NOT NULL,
	opened_at BIGINT DEFAULT 0 NOT NULL,
	due_at BIGINT,
	settled_at BIGINT,
	settled_by TEXT DEFAULT '' NOT NULL,
	settled_reason TEXT DEFAULT '' NOT NULL,
	dedupe_key TEXT DEFAULT '' NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_cases PRIMARY KEY (id)
)
;;
CREATE INDEX ix_cases_open ON cases (state, priority, due_at, id)
;;
CREATE INDEX ix_cases_order ON cases (order_id, id)
;;
CREATE INDEX ix_cases_subject ON cases (subject, kind, opened_at)
;;
CREATE UNIQUE INDEX one_open_case ON cases (dedupe_key) WHERE state <> 'settled'
;;
CREATE TABLE channel (
	id BIGINT NOT NULL,
	platform TEXT DEFAULT '' NOT NULL,
	name TEXT DEFAULT '' NOT NULL,
	zone TEXT DEFAULT 'UTC' NOT NULL,
	currency TEXT DEFAULT 'CNY' NOT NULL,
	state TEXT DEFAULT 'on' NOT NULL,
	every_s BIGINT DEFAULT 0 NOT NULL,
	config_json TEXT DEFAULT '{}' NOT NULL,
	credentials_ct BYTEA,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_channel PRIMARY KEY (id)
)
;;
CREATE TABLE command (
	id BIGINT NOT NULL,
	kind TEXT DEFAULT '' NOT NULL,
	args_digest BYTEA NOT NULL,
	operator_id BIGINT DEFAULT 0 NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	state TEXT DEFAULT '' NOT NULL,
	result BYTEA,
	CONSTRAINT pk_command PRIMARY KEY (id)
)
;;
CREATE TABLE counter (
	name TEXT NOT NULL,
	channel_id BIGINT NOT NULL,
	location_id BIGINT NOT NULL,
	currency TEXT NOT NULL,
	n BIGINT DEFAULT 0 NOT NULL,
	amount_minor BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT pk_counter PRIMARY KEY (name, channel_id, location_id, currency)
)
;;
CREATE TABLE credential (
	owner_id BIGINT NOT NULL,
	kind TEXT DEFAULT '' NOT NULL,
	put_at BIGINT DEFAULT 0 NOT NULL,
	put_by TEXT DEFAULT '' NOT NULL,
	used_at BIGINT,
	good_at BIGINT,
	retired_at BIGINT,
	row_mac BYTEA,
	CONSTRAINT pk_credential PRIMARY KEY (owner_id)
)
;;
CREATE TABLE cursor (
	id BIGINT NOT NULL,
	channel_id BIGINT NOT NULL,
	stream TEXT DEFAULT 'orders' NOT NULL,
	value TEXT DEFAULT '' NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_cursor PRIMARY KEY (id),
	CONSTRAINT uq_cursor_channel_id_stream UNIQUE (channel_id, stream)
)
;;
CREATE TABLE data_key (
	id BIGINT NOT NULL,
	wrapped BYTEA NOT NULL,
	state TEXT DEFAULT 'current' NOT NULL,
	made_at BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT pk_data_key PRIMARY KEY (id)
)
;;
CREATE TABLE department (
	id BIGINT NOT NULL,
	name TEXT DEFAULT '' NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_department PRIMARY KEY (id)
)
;;
CREATE TABLE erasure (
	order_id BIGINT NOT NULL,
	state TEXT DEFAULT 'wanted' NOT NULL,
	cause TEXT DEFAULT 'asked' NOT NULL,
	asked_by TEXT DEFAULT '' NOT NULL,
	asked_at BIGINT DEFAULT 0 NOT NULL,
	done_at BIGINT,
	row_mac BYTEA,
	CONSTRAINT pk_erasure PRIMARY KEY (order_id)
)
;;
CREATE TABLE erp_master (
	id BIGINT NOT NULL,
	system TEXT DEFAULT '' NOT NULL,
	kind TEXT DEFAULT '' NOT NULL,
	code TEXT DEFAULT '' NOT NULL,
	facts_json TEXT DEFAULT '{}' NOT NULL,
	read_at BIGINT DEFAULT 0 NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_erp_master PRIMARY KEY (id),
	CONSTRAINT uq_erp_master_system_kind_code UNIQUE (system, kind, code)
)
;;
CREATE TABLE event (
	id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	kind TEXT DEFAULT '' NOT NULL,
	args_json TEXT DEFAULT '{}' NOT NULL,
	actor TEXT DEFAULT '' NOT NULL,
	tone TEXT DEFAULT 'info' NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_event PRIMARY KEY (id)
)
;;
CREATE INDEX ix_event_cancels ON event (at) WHERE kind IN ('cancelled','lines_cancelled','cancelled_on_platform','closed_on_platform','forced','lines_changed','stock_released')
;;
CREATE INDEX ix_event_order_id ON event (order_id)
;;
CREATE TABLE export_file (
	id BIGINT NOT NULL,
	operator_id BIGINT DEFAULT 0 NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	tab TEXT DEFAULT '' NOT NULL,
	row_count BIGINT DEFAULT 0 NOT NULL,
	state TEXT DEFAULT 'running' NOT NULL,
	chain BIGINT DEFAULT 0 NOT NULL,
	folder TEXT DEFAULT '' NOT NULL,
	clear BIGINT DEFAULT 0 NOT NULL,
	consented BIGINT DEFAULT 0 NOT NULL,
	digest BYTEA NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_export_file PRIMARY KEY (id)
)
;;
CREATE INDEX ix_export_file_operator ON export_file (operator_id, at)
;;
CREATE INDEX ix_export_file_state ON export_file (state, chain)
;;
CREATE TABLE inbox (
	id BIGINT NOT NULL,
	source TEXT DEFAULT '' NOT NULL,
	event_id TEXT DEFAULT '' NOT NULL,
	payload_digest BYTEA NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	channel_id BIGINT DEFAULT 0 NOT NULL,
	external_id TEXT DEFAULT '' NOT NULL,
	topic TEXT DEFAULT '' NOT NULL,
	state TEXT DEFAULT 'new' NOT NULL,
	fail_count BIGINT DEFAULT 0 NOT NULL,
	next_at BIGINT DEFAULT 0 NOT NULL,
	last_error TEXT DEFAULT '' NOT NULL,
	CONSTRAINT pk_inbox PRIMARY KEY (id),
	CONSTRAINT uq_inbox_source_event_id UNIQUE (source, event_id)
)
;;
CREATE INDEX ix_inbox_at ON inbox (source, at)
;;
CREATE INDEX ix_inbox_due ON inbox (state, next_at)
;;
CREATE TABLE kept_aside (
	id BIGINT NOT NULL,
	channel_id BIGINT NOT NULL,
	external_id TEXT DEFAULT '' NOT NULL,
	code TEXT DEFAULT '' NOT NULL,
	field TEXT DEFAULT '' NOT NULL,
	body_ct BYTEA,
	body_digest BYTEA NOT NULL,
	state TEXT DEFAULT 'kept' NOT NULL,
	fail_count BIGINT DEFAULT 0 NOT NULL,
	next_at BIGINT DEFAULT 0 NOT NULL,
	last_error TEXT DEFAULT '' NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_kept_aside PRIMARY KEY (id),
	CONSTRAINT uq_kept_aside_channel_id_external_id_body_digest UNIQUE (channel_id, external_id, body_digest)
)
;;
CREATE INDEX ix_kept_aside_channel_id ON kept_aside (channel_id)
;;
CREATE TABLE key_rotation (
	id BIGINT NOT NULL,
	state TEXT DEFAULT 'moving' NOT NULL,
	place TEXT DEFAULT '' NOT NULL,
	after BIGINT DEFAULT 0 NOT NULL,
	moved BIGINT DEFAULT 0 NOT NULL,
	total BIGINT DEFAULT 0 NOT NULL,
	left_behind BIGINT DEFAULT 0 NOT NULL,
	began_at BIGINT DEFAULT 0 NOT NULL,
	moved_at BIGINT,
	ended_at BIGINT,
	row_mac BYTEA,
	CONSTRAINT pk_key_rotation PRIMARY KEY (id)
)
;;
CREATE TABLE listing_told (
	listing_id BIGINT NOT NULL,
	channel_id BIGINT DEFAULT 0 NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	quantity BIGINT DEFAULT 0 NOT NULL,
	offer TEXT DEFAULT '' NOT NULL,
	outbox_id BIGINT DEFAULT 0 NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT pk_listing_told PRIMARY KEY (listing_id)
)
;;
CREATE INDEX ix_listing_told_offer ON listing_told (offer, sku)
;;
CREATE INDEX ix_listing_told_sku ON listing_told (sku)
;;
CREATE TABLE location (
	id BIGINT NOT NULL,
	name TEXT DEFAULT '' NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_location PRIMARY KEY (id)
)
;;
CREATE TABLE lock_sample (
	id BIGINT NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	span_ms BIGINT DEFAULT 0 NOT NULL,
	holding BIGINT DEFAULT 0 NOT NULL,
	waiting BIGINT DEFAULT 0 NOT NULL,
	writes BIGINT DEFAULT 0 NOT NULL,
	waited BIGINT DEFAULT 0 NOT NULL,
	longest_ms BIGINT DEFAULT 0 NOT NULL,
	conflicts BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT pk_lock_sample PRIMARY KEY (id)
)
;;
CREATE INDEX ix_lock_sample_at ON lock_sample (at)
;;
CREATE TABLE name_token (
	token BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	CONSTRAINT pk_name_token PRIMARY KEY (token, order_id)
)
;;
CREATE TABLE notice_route (
	id BIGINT NOT NULL,
	kind TEXT DEFAULT '' NOT NULL,
	state TEXT DEFAULT 'on' NOT NULL,
	last_error TEXT DEFAULT '' NOT NULL,
	credentials_ct BYTEA,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_notice_route PRIMARY KEY (id)
)
;;
CREATE TABLE operator (
	id BIGINT NOT NULL,
	login TEXT DEFAULT '' NOT NULL,
	name TEXT DEFAULT '' NOT NULL,
	password_hash TEXT DEFAULT '' NOT NULL,
	state TEXT DEFAULT 'active' NOT NULL,
	lang TEXT DEFAULT '' NOT NULL,
	must_change BIGINT DEFAULT 0 NOT NULL,
	failures BIGINT DEFAULT 0 NOT NULL,
	locked_until BIGINT,
	left_at BIGINT,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_operator PRIMARY KEY (id),
	CONSTRAINT uq_operator_login UNIQUE (login)
)
;;
CREATE TABLE order_count (
	id BIGINT NOT NULL,
	channel_id BIGINT DEFAULT 0 NOT NULL,
	span TEXT DEFAULT '' NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	there BIGINT DEFAULT 0 NOT NULL,
	here BIGINT DEFAULT 0 NOT NULL,
	missing BIGINT DEFAULT 0 NOT NULL,
	missing_json TEXT DEFAULT '[]' NOT NULL,
	CONSTRAINT pk_order_count PRIMARY KEY (id),
	CONSTRAINT uq_order_count_channel_id_span_at UNIQUE (channel_id, span, at)
)
;;
CREATE INDEX ix_order_count_at ON order_count (at, channel_id)
;;
CREATE TABLE outbox (
	id BIGINT NOT NULL,
	command_id BIGINT DEFAULT 0 NOT NULL,
	kind TEXT DEFAULT '' NOT NULL,
	channel_id BIGINT DEFAULT 0 NOT NULL,
	order_id BIGINT DEFAULT 0 NOT NULL,
	object_id BIGINT DEFAULT 0 NOT NULL,
	intent_key TEXT DEFAULT '' NOT NULL,
	body_ct BYTEA,
	state TEXT DEFAULT 'ready' NOT NULL,
	attempts BIGINT DEFAULT 0 NOT NULL,
	failures BIGINT DEFAULT 0 NOT NULL,
	next_at BIGINT DEFAULT 0 NOT NULL,
	lease_until BIGINT DEFAULT 0 NOT NULL,
	last_error TEXT DEFAULT '' NOT NULL,
	result_json TEXT DEFAULT '{}' NOT NULL,
	first_sent_at BIGINT,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_outbox PRIMARY KEY (id),
	CONSTRAINT uq_outbox_intent_key UNIQUE (intent_key)
)
;;
CREATE INDEX ix_outbox_due ON outbox (state, next_at, id)
;;
CREATE INDEX ix_outbox_order ON outbox (order_id, id)
;;
CREATE TABLE permission_review (
	id BIGINT NOT NULL,
	operator_id BIGINT DEFAULT 0 NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	note TEXT DEFAULT '' NOT NULL,
	people BIGINT DEFAULT 0 NOT NULL,
	digest BYTEA NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_permission_review PRIMARY KEY (id)
)
;;
CREATE INDEX ix_permission_review_at ON permission_review (at)
;;
CREATE TABLE product (
	id BIGINT NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	sku_norm TEXT DEFAULT '' NOT NULL,
	title TEXT DEFAULT '' NOT NULL,
	variant TEXT DEFAULT '' NOT NULL,
	kind TEXT DEFAULT 'single' NOT NULL,
	state TEXT DEFAULT 'active' NOT NULL,
	barcode TEXT DEFAULT '' NOT NULL,
	weight_g BIGINT DEFAULT 0 NOT NULL,
	hint TEXT DEFAULT '' NOT NULL,
	hs_code TEXT DEFAULT '' NOT NULL,
	origin TEXT DEFAULT '' NOT NULL,
	customs_name TEXT DEFAULT '' NOT NULL,
	declared_minor BIGINT DEFAULT 0 NOT NULL,
	declared_currency TEXT DEFAULT '' NOT NULL,
	changed_by TEXT DEFAULT '' NOT NULL,
	changed_at BIGINT DEFAULT 0 NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_product PRIMARY KEY (id),
	CONSTRAINT uq_product_sku UNIQUE (sku)
)
;;
CREATE INDEX ix_product_barcode ON product (barcode)
;;
CREATE INDEX ix_product_sku_norm ON product (sku_norm)
;;
CREATE INDEX ix_product_title ON product (title, id)
;;
CREATE TABLE product_import (
	id BIGINT NOT NULL,
	source TEXT DEFAULT '' NOT NULL,
	name TEXT DEFAULT '' NOT NULL,
	channel_id BIGINT DEFAULT 0 NOT NULL,
	location_id BIGINT DEFAULT 0 NOT NULL,
	state TEXT DEFAULT 'running' NOT NULL,
	was TEXT DEFAULT '' NOT NULL,
	rows BIGINT DEFAULT 0 NOT NULL,
	added BIGINT DEFAULT 0 NOT NULL,
	changed BIGINT DEFAULT 0 NOT NULL,
	same BIGINT DEFAULT 0 NOT NULL,
	refused BIGINT DEFAULT 0 NOT NULL,
	stocked BIGINT DEFAULT 0 NOT NULL,
	undone BIGINT DEFAULT 0 NOT NULL,
	by TEXT DEFAULT '' NOT NULL,
	operator_id BIGINT DEFAULT 0 NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_product_import PRIMARY KEY (id)
)
;;
CREATE TABLE raw_record (
	id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	external_version BIGINT DEFAULT 0 NOT NULL,
	body_ct BYTEA,
	at BIGINT DEFAULT 0 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_raw_record PRIMARY KEY (id)
)
;;
CREATE INDEX ix_raw_record_order_id ON raw_record (order_id)
;;
CREATE TABLE receiver (
	order_id BIGINT NOT NULL,
	name_ct BYTEA,
	phone_ct BYTEA,
	email_ct BYTEA,
	address_ct BYTEA,
	nick_ct BYTEA,
	message_ct BYTEA,
	cipher_ct BYTEA,
	address_mask TEXT DEFAULT '' NOT NULL,
	district TEXT DEFAULT '' NOT NULL,
	postcode TEXT DEFAULT '' NOT NULL,
	phone_index BYTEA,
	email_index BYTEA,
	tokens BYTEA,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_receiver PRIMARY KEY (order_id)
)
;;
CREATE INDEX ix_receiver_email_index ON receiver (email_index)
;;
CREATE INDEX ix_receiver_phone_index ON receiver (phone_index)
;;
CREATE TABLE replenishment (
	id BIGINT NOT NULL,
	number TEXT DEFAULT '' NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	state TEXT DEFAULT 'open' NOT NULL,
	free BIGINT DEFAULT 0 NOT NULL,
	opened_at BIGINT DEFAULT 0 NOT NULL,
	ordered BIGINT DEFAULT 0 NOT NULL,
	ordered_at BIGINT,
	ordered_by TEXT DEFAULT '' NOT NULL,
	ordered_reason TEXT DEFAULT '' NOT NULL,
	done_at BIGINT,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_replenishment PRIMARY KEY (id)
)
;;
CREATE INDEX ix_replenishment_state ON replenishment (state, free, id)
;;
CREATE UNIQUE INDEX one_open_replenishment ON replenishment (sku) WHERE state = 'open'
;;
CREATE TABLE second_factor (
	id BIGINT NOT NULL,
	secret_ct BYTEA,
	next_ct BYTEA,
	set_at BIGINT,
	counts_from BIGINT,
	last_step BIGINT DEFAULT 0 NOT NULL,
	failures BIGINT DEFAULT 0 NOT NULL,
	locked_until BIGINT,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_second_factor PRIMARY KEY (id)
)
;;
CREATE TABLE selling (
	channel_id BIGINT NOT NULL,
	lock_moment TEXT DEFAULT '' NOT NULL,
	soft_minutes BIGINT DEFAULT 0 NOT NULL,
	uploads BIGINT DEFAULT 0 NOT NULL,
	since BIGINT DEFAULT 0 NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_selling PRIMARY KEY (channel_id)
)
;;
CREATE TABLE serial (
	id BIGINT NOT NULL,
	kind TEXT DEFAULT '' NOT NULL,
	day TEXT DEFAULT '' NOT NULL,
	next BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT pk_serial PRIMARY KEY (id),
	CONSTRAINT uq_serial_kind_day UNIQUE (kind, day)
)
;;
CREATE TABLE setting (
	key TEXT NOT NULL,
	value_json TEXT DEFAULT '' NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_setting PRIMARY KEY (key)
)
;;
CREATE TABLE shop_stock (
	listing_id BIGINT NOT NULL,
	channel_id BIGINT DEFAULT 0 NOT NULL,
	quantity BIGINT,
	at BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT pk_shop_stock PRIMARY KEY (listing_id)
)
;;
CREATE TABLE state_sample (
	id BIGINT NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	state TEXT DEFAULT '' NOT NULL,
	n BIGINT DEFAULT 0 NOT NULL,
	median_ms BIGINT DEFAULT 0 NOT NULL,
	oldest_ms BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT pk_state_sample PRIMARY KEY (id)
)
;;
CREATE INDEX ix_state_sample_at ON state_sample (at)
;;
CREATE TABLE status_map (
	id BIGINT NOT NULL,
	platform TEXT DEFAULT '' NOT NULL,
	channel_id BIGINT DEFAULT 0 NOT NULL,
	machine TEXT DEFAULT '' NOT NULL,
	raw TEXT DEFAULT '' NOT NULL,
	status TEXT DEFAULT '' NOT NULL,
	sentence TEXT DEFAULT '' NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_status_map PRIMARY KEY (id),
	CONSTRAINT uq_status_map_platform_channel_id_machine_raw UNIQUE (platform, channel_id, machine, raw)
)
;;
CREATE TABLE step_up (
	id BIGINT NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	factor TEXT DEFAULT '' NOT NULL,
	counts BIGINT DEFAULT 0 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_step_up PRIMARY KEY (id)
)
;;
CREATE TABLE stock_day (
	id BIGINT NOT NULL,
	day TEXT DEFAULT '' NOT NULL,
	counts BIGINT DEFAULT 0 NOT NULL,
	differences BIGINT DEFAULT 0 NOT NULL,
	units BIGINT DEFAULT 0 NOT NULL,
	units_off BIGINT DEFAULT 0 NOT NULL,
	accuracy_ppm BIGINT,
	drifts BIGINT DEFAULT 0 NOT NULL,
	unmatched BIGINT DEFAULT 0 NOT NULL,
	orders_in BIGINT DEFAULT 0 NOT NULL,
	oversold BIGINT DEFAULT 0 NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT pk_stock_day PRIMARY KEY (id),
	CONSTRAINT uq_stock_day_day UNIQUE (day)
)
;;
CREATE TABLE stock_move (
	id BIGINT NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	location_id BIGINT NOT NULL,
	d_physical BIGINT DEFAULT 0 NOT NULL,
	d_reserved BIGINT DEFAULT 0 NOT NULL,
	cause_kind TEXT DEFAULT '' NOT NULL,
	cause_id BIGINT NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_stock_move PRIMARY KEY (id),
	CONSTRAINT uq_stock_move_cause_kind_cause_id_sku_location_id UNIQUE (cause_kind, cause_id, sku, location_id)
)
;;
CREATE INDEX ix_stock_move_at ON stock_move (at, sku)
;;
CREATE INDEX ix_stock_move_sku ON stock_move (sku, location_id, id)
;;
CREATE TABLE stranger (
	login_index TEXT NOT NULL,
	failures BIGINT DEFAULT 0 NOT NULL,
	locked_until BIGINT,
	at BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT pk_stranger PRIMARY KEY (login_index)
)
;;
CREATE INDEX ix_stranger_at ON stranger (at)
;;
CREATE TABLE sync_day (
	id BIGINT NOT NULL,
	day TEXT DEFAULT '' NOT NULL,
	channel_id BIGINT DEFAULT 0 NOT NULL,
	link TEXT DEFAULT '' NOT NULL,
	asked BIGINT DEFAULT 0 NOT NULL,
	failed BIGINT DEFAULT 0 NOT NULL,
	again BIGINT DEFAULT 0 NOT NULL,
	came BIGINT DEFAULT 0 NOT NULL,
	median_ms BIGINT DEFAULT 0 NOT NULL,
	p95_ms BIGINT DEFAULT 0 NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT pk_sync_day PRIMARY KEY (id),
	CONSTRAINT uq_sync_day_day_channel_id_link UNIQUE (day, channel_id, link)
)
;;
CREATE TABLE sync_sample (
	id BIGINT NOT NULL,
	channel_id BIGINT DEFAULT 0 NOT NULL,
	link TEXT DEFAULT '' NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	span_ms BIGINT DEFAULT 0 NOT NULL,
	asked BIGINT DEFAULT 0 NOT NULL,
	failed BIGINT DEFAULT 0 NOT NULL,
	again BIGINT DEFAULT 0 NOT NULL,
	came BIGINT DEFAULT 0 NOT NULL,
	median_ms BIGINT DEFAULT 0 NOT NULL,
	p95_ms BIGINT DEFAULT 0 NOT NULL,
	answer_ms BIGINT,
	offset_ms BIGINT,
	delays_json TEXT DEFAULT '[]' NOT NULL,
	CONSTRAINT pk_sync_sample PRIMARY KEY (id)
)
;;
CREATE INDEX ix_sync_sample_at ON sync_sample (at, channel_id)
;;
CREATE TABLE sync_state (
	channel_id BIGINT NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	up BIGINT DEFAULT 0 NOT NULL,
	needs_person BIGINT DEFAULT 0 NOT NULL,
	error TEXT DEFAULT '' NOT NULL,
	last_success_at BIGINT,
	down_since BIGINT,
	last_event_at BIGINT,
	offset_ms BIGINT,
	answer_ms BIGINT,
	limit_left BIGINT,
	retrying BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT pk_sync_state PRIMARY KEY (channel_id)
)
;;
CREATE TABLE time_reading (
	id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	field TEXT DEFAULT '' NOT NULL,
	raw TEXT DEFAULT '' NOT NULL,
	zone TEXT DEFAULT '' NOT NULL,
	utc BIGINT,
	row_mac BYTEA,
	CONSTRAINT pk_time_reading PRIMARY KEY (id)
)
;;
CREATE INDEX ix_time_reading_order_id ON time_reading (order_id)
;;
CREATE TABLE variance (
	move_id BIGINT NOT NULL,
	cause TEXT DEFAULT '' NOT NULL,
	owner TEXT DEFAULT '' NOT NULL,
	action TEXT DEFAULT '' NOT NULL,
	due TEXT DEFAULT '' NOT NULL,
	explained_by TEXT DEFAULT '' NOT NULL,
	explained_at BIGINT DEFAULT 0 NOT NULL,
	done_at BIGINT,
	done_by TEXT DEFAULT '' NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_variance PRIMARY KEY (move_id)
)
;;
CREATE INDEX ix_variance_done ON variance (done_at, move_id)
;;
CREATE TABLE waiting_release (
	id BIGINT NOT NULL,
	breaker_id BIGINT DEFAULT 0 NOT NULL,
	order_id BIGINT DEFAULT 0 NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	done_at BIGINT,
	row_mac BYTEA,
	CONSTRAINT pk_waiting_release PRIMARY KEY (id),
	CONSTRAINT uq_waiting_release_breaker_id_order_id_sku UNIQUE (breaker_id, order_id, sku)
)
;;
CREATE INDEX ix_waiting_release_order ON waiting_release (order_id)
;;
CREATE TABLE component (
	id BIGINT NOT NULL,
	product_id BIGINT NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	quantity BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_component PRIMARY KEY (id),
	CONSTRAINT uq_component_product_id_sku UNIQUE (product_id, sku),
	CONSTRAINT fk_component_product_id FOREIGN KEY(product_id) REFERENCES product (id)
)
;;
CREATE INDEX ix_component_product_id ON component (product_id)
;;
CREATE INDEX ix_component_sku ON component (sku)
;;
CREATE TABLE department_shop (
	id BIGINT NOT NULL,
	department_id BIGINT NOT NULL,
	channel_id BIGINT NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_department_shop PRIMARY KEY (id),
	CONSTRAINT uq_department_shop_department_id_channel_id UNIQUE (department_id, channel_id),
	CONSTRAINT fk_department_shop_department_id FOREIGN KEY(department_id) REFERENCES department (id),
	CONSTRAINT fk_department_shop_channel_id FOREIGN KEY(channel_id) REFERENCES channel (id)
)
;;
CREATE INDEX ix_department_shop_department_id ON department_shop (department_id)
;;
CREATE TABLE import_change (
	id BIGINT NOT NULL,
	import_id BIGINT NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	what TEXT DEFAULT '' NOT NULL,
	location_id BIGINT DEFAULT 0 NOT NULL,
	quantity BIGINT DEFAULT 0 NOT NULL,
	before_json TEXT DEFAULT '{}' NOT NULL,
	after_json TEXT DEFAULT '{}' NOT NULL,
	undone BIGINT DEFAULT 0 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_import_change PRIMARY KEY (id),
	CONSTRAINT fk_import_change_import_id FOREIGN KEY(import_id) REFERENCES product_import (id)
)
;;
CREATE INDEX ix_import_change_stands ON import_change (import_id, id) WHERE undone = 0
;;
CREATE TABLE listing (
	id BIGINT NOT NULL,
	channel_id BIGINT NOT NULL,
	key TEXT DEFAULT '' NOT NULL,
	ref TEXT DEFAULT '' NOT NULL,
	sku_text TEXT DEFAULT '' NOT NULL,
	title TEXT DEFAULT '' NOT NULL,
	variant TEXT DEFAULT '' NOT NULL,
	barcode TEXT DEFAULT '' NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	units BIGINT DEFAULT 1 NOT NULL,
	mapped_by TEXT DEFAULT '' NOT NULL,
	mapped_at BIGINT,
	behind BIGINT DEFAULT 0 NOT NULL,
	seen_at BIGINT DEFAULT 0 NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_listing PRIMARY KEY (id),
	CONSTRAINT uq_listing_channel_id_key UNIQUE (channel_id, key),
	CONSTRAINT fk_listing_channel_id FOREIGN KEY(channel_id) REFERENCES channel (id)
)
;;
CREATE INDEX ix_listing_behind ON listing (id) WHERE behind = 1
;;
CREATE INDEX ix_listing_sku ON listing (sku)
;;
CREATE INDEX ix_listing_sku_text ON listing (sku_text)
;;
CREATE TABLE operator_role (
	id BIGINT NOT NULL,
	operator_id BIGINT NOT NULL,
	role TEXT DEFAULT '' NOT NULL,
	scope TEXT DEFAULT 'everywhere' NOT NULL,
	scope_id BIGINT DEFAULT 0 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_operator_role PRIMARY KEY (id),
	CONSTRAINT uq_operator_role_operator_id_role_scope_scope_id UNIQUE (operator_id, role, scope, scope_id),
	CONSTRAINT fk_operator_role_operator_id FOREIGN KEY(operator_id) REFERENCES operator (id)
)
;;
CREATE INDEX ix_operator_role_operator_id ON operator_role (operator_id)
;;
CREATE TABLE orders (
	id BIGINT NOT NULL,
	number TEXT DEFAULT '' NOT NULL,
	channel_id BIGINT NOT NULL,
	external_id TEXT DEFAULT '' NOT NULL,
	external_no TEXT DEFAULT '' NOT NULL,
	external_version BIGINT DEFAULT 0 NOT NULL,
	kind TEXT DEFAULT 'normal' NOT NULL,
	intake TEXT DEFAULT 'pending' NOT NULL,
	state TEXT DEFAULT '' NOT NULL,
	payment TEXT DEFAULT '' NOT NULL,
	logistics TEXT DEFAULT 'none' NOT NULL,
	tab TEXT DEFAULT '' NOT NULL,
	raw_status TEXT DEFAULT '' NOT NULL,
	platform_state TEXT DEFAULT '' NOT NULL,
	ends TEXT DEFAULT '' NOT NULL,
	held TEXT DEFAULT '' NOT NULL,
	held_reason TEXT DEFAULT '' NOT NULL,
	platform_cancelled BIGINT DEFAULT 0 NOT NULL,
	placed_at BIGINT,
	paid_at BIGINT,
	promise_at BIGINT,
	shipped_at BIGINT,
	completed_at BIGINT,
	stood_as TEXT DEFAULT '' NOT NULL,
	state_at BIGINT,
	paid_here_at BIGINT,
	reserved_at BIGINT,
	currency TEXT DEFAULT '' NOT NULL,
	total_minor BIGINT DEFAULT 0 NOT NULL,
	paid_minor BIGINT DEFAULT 0 NOT NULL,
	refunded_minor BIGINT DEFAULT 0 NOT NULL,
	freight_minor BIGINT DEFAULT 0 NOT NULL,
	discount_minor BIGINT DEFAULT 0 NOT NULL,
	items BIGINT DEFAULT 0 NOT NULL,
	summary TEXT DEFAULT '' NOT NULL,
	summary_variant TEXT DEFAULT '' NOT NULL,
	summary_sku TEXT DEFAULT '' NOT NULL,
	buyer_mask TEXT DEFAULT '' NOT NULL,
	phone_mask TEXT DEFAULT '' NOT NULL,
	phone_tail TEXT DEFAULT '' NOT NULL,
	country TEXT DEFAULT '' NOT NULL,
	province TEXT DEFAULT '' NOT NULL,
	city TEXT DEFAULT '' NOT NULL,
	buyer_message_mask TEXT DEFAULT '' NOT NULL,
	seller_memo TEXT DEFAULT '' NOT NULL,
	flag TEXT DEFAULT '' NOT NULL,
	carrier TEXT DEFAULT '' NOT NULL,
	waybill_no TEXT DEFAULT '' NOT NULL,
	print_state TEXT DEFAULT '' NOT NULL,
	proofs BIGINT DEFAULT 0 NOT NULL,
	open_cases BIGINT DEFAULT 0 NOT NULL,
	location_id BIGINT DEFAULT 0 NOT NULL,
	reviewed_at BIGINT,
	counted_tab TEXT DEFAULT '' NOT NULL,
	counted_minor BIGINT DEFAULT 0 NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	updated_at BIGINT DEFAULT 0 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_orders PRIMARY KEY (id),
	CONSTRAINT uq_orders_channel_id_external_id UNIQUE (channel_id, external_id),
	CONSTRAINT uq_orders_number UNIQUE (number),
	CONSTRAINT fk_orders_channel_id FOREIGN KEY(channel_id) REFERENCES channel (id)
)
;;
CREATE INDEX ix_orders_buyer_mask ON orders (buyer_mask, id)
;;
CREATE INDEX ix_orders_channel ON orders (channel_id, placed_at, id)
;;
CREATE INDEX ix_orders_city ON orders (city, id)
;;
CREATE INDEX ix_orders_ends ON orders (ends, id) WHERE ends <> ''
;;
CREATE INDEX ix_orders_external_no ON orders (external_no, id)
;;
CREATE INDEX ix_orders_held ON orders (held, id) WHERE held <> ''
;;
CREATE INDEX ix_orders_location ON orders (location_id, placed_at, id)
;;
CREATE INDEX ix_orders_paid_here ON orders (paid_here_at)
;;
CREATE INDEX ix_orders_phone_tail ON orders (phone_tail, id)
;;
CREATE INDEX ix_orders_placed_at ON orders (placed_at, id)
;;
CREATE INDEX ix_orders_promise_at ON orders (promise_at, id)
;;
CREATE INDEX ix_orders_state ON orders (state, id)
;;
CREATE INDEX ix_orders_summary ON orders (summary, id)
;;
CREATE INDEX ix_orders_tab_placed_at ON orders (tab, placed_at, id)
;;
CREATE INDEX ix_orders_tab_promise_at ON orders (tab, promise_at, id)
;;
CREATE INDEX ix_orders_total_minor ON orders (total_minor, id)
;;
CREATE INDEX ix_orders_updated_at ON orders (updated_at, id)
;;
CREATE INDEX ix_orders_waybill_no ON orders (waybill_no, id)
;;
CREATE TABLE outlet (
	id BIGINT NOT NULL,
	account_id BIGINT NOT NULL,
	place BIGINT DEFAULT 0 NOT NULL,
	courier TEXT DEFAULT '' NOT NULL,
	code TEXT DEFAULT '' NOT NULL,
	name TEXT DEFAULT '' NOT NULL,
	remaining BIGINT,
	senders TEXT DEFAULT '[]' NOT NULL,
	CONSTRAINT pk_outlet PRIMARY KEY (id),
	CONSTRAINT uq_outlet_account_id_place UNIQUE (account_id, place),
	CONSTRAINT fk_outlet_account_id FOREIGN KEY(account_id) REFERENCES carrier_account (id)
)
;;
CREATE TABLE outlet_reading (
	account_id BIGINT NOT NULL,
	asked_at BIGINT,
	read_at BIGINT,
	error TEXT DEFAULT '' NOT NULL,
	CONSTRAINT pk_outlet_reading PRIMARY KEY (account_id),
	CONSTRAINT fk_outlet_reading_account_id FOREIGN KEY(account_id) REFERENCES carrier_account (id)
)
;;
CREATE TABLE pool (
	id BIGINT NOT NULL,
	channel_id BIGINT NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	share BIGINT DEFAULT 0 NOT NULL,
	most BIGINT DEFAULT 0 NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_pool PRIMARY KEY (id),
	CONSTRAINT uq_pool_channel_id_sku UNIQUE (channel_id, sku),
	CONSTRAINT fk_pool_channel_id FOREIGN KEY(channel_id) REFERENCES channel (id)
)
;;
CREATE INDEX ix_pool_sku ON pool (sku)
;;
CREATE TABLE product_picture (
	product_id BIGINT NOT NULL,
	kind TEXT DEFAULT '' NOT NULL,
	width BIGINT DEFAULT 0 NOT NULL,
	height BIGINT DEFAULT 0 NOT NULL,
	image BYTEA NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_product_picture PRIMARY KEY (product_id),
	CONSTRAINT fk_product_picture_product_id FOREIGN KEY(product_id) REFERENCES product (id)
)
;;
CREATE TABLE quick_key (
	id BIGINT NOT NULL,
	operator_id BIGINT NOT NULL,
	kind TEXT DEFAULT '' NOT NULL,
	pin_hash TEXT DEFAULT '' NOT NULL,
	code_index BYTEA,
	failures BIGINT DEFAULT 0 NOT NULL,
	made_at BIGINT DEFAULT 0 NOT NULL,
	used_at BIGINT,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_quick_key PRIMARY KEY (id),
	CONSTRAINT uq_quick_key_operator_id_kind UNIQUE (operator_id, kind),
	CONSTRAINT fk_quick_key_operator_id FOREIGN KEY(operator_id) REFERENCES operator (id)
)
;;
CREATE INDEX ix_quick_key_code ON quick_key (code_index)
;;
CREATE TABLE receipt (
	id BIGINT NOT NULL,
	number TEXT DEFAULT '' NOT NULL,
	supplier TEXT DEFAULT '' NOT NULL,
	paper_no TEXT DEFAULT '' NOT NULL,
	paper_key TEXT DEFAULT '' NOT NULL,
	location_id BIGINT NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	by TEXT DEFAULT '' NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_receipt PRIMARY KEY (id),
	CONSTRAINT uq_receipt_paper_key UNIQUE (paper_key),
	CONSTRAINT fk_receipt_location_id FOREIGN KEY(location_id) REFERENCES location (id)
)
;;
CREATE TABLE recovery_code (
	id BIGINT NOT NULL,
	operator_id BIGINT NOT NULL,
	code_mac BYTEA NOT NULL,
	counts_from BIGINT,
	used_at BIGINT,
	row_mac BYTEA,
	CONSTRAINT pk_recovery_code PRIMARY KEY (id),
	CONSTRAINT uq_recovery_code_operator_id_code_mac UNIQUE (operator_id, code_mac),
	CONSTRAINT fk_recovery_code_operator_id FOREIGN KEY(operator_id) REFERENCES operator (id)
)
;;
CREATE INDEX ix_recovery_code_operator_id ON recovery_code (operator_id)
;;
CREATE TABLE session (
	id BIGINT NOT NULL,
	operator_id BIGINT NOT NULL,
	os_user TEXT DEFAULT '' NOT NULL,
	host TEXT DEFAULT '' NOT NULL,
	state TEXT DEFAULT 'open' NOT NULL,
	started_at BIGINT DEFAULT 0 NOT NULL,
	seen_at BIGINT DEFAULT 0 NOT NULL,
	expires_at BIGINT DEFAULT 0 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_session PRIMARY KEY (id),
	CONSTRAINT fk_session_operator_id FOREIGN KEY(operator_id) REFERENCES operator (id)
)
;;
CREATE INDEX ix_session_operator_id ON session (operator_id)
;;
CREATE TABLE stock (
	id BIGINT NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	location_id BIGINT NOT NULL,
	physical BIGINT DEFAULT 0 NOT NULL,
	reserved BIGINT DEFAULT 0 NOT NULL,
	opening BIGINT DEFAULT 0 NOT NULL,
	closed BIGINT DEFAULT 0 NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_stock PRIMARY KEY (id),
	CONSTRAINT uq_stock_sku_location_id UNIQUE (sku, location_id),
	CONSTRAINT ck_stock_physical CHECK (physical >= 0),
	CONSTRAINT ck_stock_reserved CHECK (reserved >= 0),
	CONSTRAINT fk_stock_location_id FOREIGN KEY(location_id) REFERENCES location (id)
)
;;
CREATE TABLE line (
	id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	external_id TEXT DEFAULT '' NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	listing_ref TEXT DEFAULT '' NOT NULL,
	title TEXT DEFAULT '' NOT NULL,
	variant TEXT DEFAULT '' NOT NULL,
	quantity BIGINT DEFAULT 0 NOT NULL,
	cancelled BIGINT DEFAULT 0 NOT NULL,
	shipped BIGINT DEFAULT 0 NOT NULL,
	unit_price_minor BIGINT DEFAULT 0 NOT NULL,
	total_minor BIGINT DEFAULT 0 NOT NULL,
	gift BIGINT DEFAULT 0 NOT NULL,
	sku_known BIGINT DEFAULT 1 NOT NULL,
	listing_id BIGINT DEFAULT 0 NOT NULL,
	units BIGINT DEFAULT 1 NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_line PRIMARY KEY (id),
	CONSTRAINT uq_line_order_id_external_id UNIQUE (order_id, external_id),
	CONSTRAINT ck_line_quantity CHECK (quantity >= 0),
	CONSTRAINT ck_line_cancelled CHECK (cancelled >= 0 AND cancelled <= quantity),
	CONSTRAINT fk_line_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
;;
CREATE INDEX ix_line_listing ON line (listing_id, order_id)
;;
CREATE INDEX ix_line_order_id ON line (order_id)
;;
CREATE INDEX ix_line_sku ON line (sku, order_id)
;;
CREATE TABLE lot (
	id BIGINT NOT NULL,
	receipt_id BIGINT NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	lot_no TEXT DEFAULT '' NOT NULL,
	expires_on TEXT DEFAULT '' NOT NULL,
	quantity BIGINT DEFAULT 0 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_lot PRIMARY KEY (id),
	CONSTRAINT uq_lot_receipt_id_sku_lot_no UNIQUE (receipt_id, sku, lot_no),
	CONSTRAINT ck_lot_quantity CHECK (quantity > 0),
	CONSTRAINT fk_lot_receipt_id FOREIGN KEY(receipt_id) REFERENCES receipt (id)
)
;;
CREATE INDEX ix_lot_sku ON lot (sku, expires_on)
;;
CREATE TABLE parcel (
	id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	public_id TEXT DEFAULT '' NOT NULL,
	state TEXT DEFAULT 'open' NOT NULL,
	carrier TEXT DEFAULT '' NOT NULL,
	weight_g BIGINT DEFAULT 0 NOT NULL,
	printed_at BIGINT,
	verified_at BIGINT,
	weighed_at BIGINT,
	handed_at BIGINT,
	written_back_at BIGINT,
	picked_up_at BIGINT,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_parcel PRIMARY KEY (id),
	CONSTRAINT uq_parcel_public_id UNIQUE (public_id),
	CONSTRAINT fk_parcel_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
;;
CREATE INDEX ix_parcel_order_id ON parcel (order_id)
;;
CREATE TABLE proof (
	id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	parcel_id BIGINT,
	kind TEXT DEFAULT '' NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	source TEXT DEFAULT '' NOT NULL,
	reference TEXT DEFAULT '' NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_proof PRIMARY KEY (id),
	CONSTRAINT uq_proof_order_id_kind_reference UNIQUE (order_id, kind, reference),
	CONSTRAINT fk_proof_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
;;
CREATE INDEX ix_proof_order_id ON proof (order_id)
;;
CREATE TABLE receivable (
	id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	amount_minor BIGINT DEFAULT 0 NOT NULL,
	currency TEXT DEFAULT '' NOT NULL,
	cause TEXT DEFAULT '' NOT NULL,
	reference TEXT DEFAULT '' NOT NULL,
	booked_at BIGINT DEFAULT 0 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_receivable PRIMARY KEY (id),
	CONSTRAINT uq_receivable_order_id UNIQUE (order_id),
	CONSTRAINT fk_receivable_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
;;
CREATE TABLE refund (
	id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	external_id TEXT DEFAULT '' NOT NULL,
	amount_minor BIGINT DEFAULT 0 NOT NULL,
	currency TEXT DEFAULT '' NOT NULL,
	reason TEXT DEFAULT '' NOT NULL,
	at BIGINT,
	row_mac BYTEA,
	CONSTRAINT pk_refund PRIMARY KEY (id),
	CONSTRAINT uq_refund_order_id_external_id UNIQUE (order_id, external_id),
	CONSTRAINT fk_refund_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
;;
CREATE INDEX ix_refund_order_id ON refund (order_id)
;;
CREATE TABLE inspection (
	id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	line_id BIGINT NOT NULL,
	location_id BIGINT NOT NULL,
	sellable BIGINT DEFAULT 0 NOT NULL,
	damaged BIGINT DEFAULT 0 NOT NULL,
	supplier BIGINT DEFAULT 0 NOT NULL,
	reason TEXT DEFAULT '' NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	by TEXT DEFAULT '' NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_inspection PRIMARY KEY (id),
	CONSTRAINT ck_inspection_some CHECK (sellable + damaged + supplier > 0),
	CONSTRAINT fk_inspection_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
	CONSTRAINT fk_inspection_line_id FOREIGN KEY(line_id) REFERENCES line (id),
	CONSTRAINT fk_inspection_location_id FOREIGN KEY(location_id) REFERENCES location (id)
)
;;
CREATE INDEX ix_inspection_line_id ON inspection (line_id)
;;
CREATE INDEX ix_inspection_order_id ON inspection (order_id)
;;
CREATE TABLE line_part (
	id BIGINT NOT NULL,
	line_id BIGINT NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	per_item BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_line_part PRIMARY KEY (id),
	CONSTRAINT uq_line_part_line_id_sku UNIQUE (line_id, sku),
	CONSTRAINT fk_line_part_line_id FOREIGN KEY(line_id) REFERENCES line (id)
)
;;
CREATE TABLE pack_scan (
	id BIGINT NOT NULL,
	parcel_id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	round BIGINT DEFAULT 1 NOT NULL,
	code TEXT DEFAULT '' NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	outcome TEXT DEFAULT '' NOT NULL,
	quantity BIGINT DEFAULT 0 NOT NULL,
	station TEXT DEFAULT '' NOT NULL,
	by TEXT DEFAULT '' NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	read_at BIGINT DEFAULT 0 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_pack_scan PRIMARY KEY (id),
	CONSTRAINT fk_pack_scan_parcel_id FOREIGN KEY(parcel_id) REFERENCES parcel (id),
	CONSTRAINT fk_pack_scan_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
;;
CREATE INDEX ix_pack_scan_at ON pack_scan (at)
;;
CREATE INDEX ix_pack_scan_order_id ON pack_scan (order_id)
;;
CREATE INDEX ix_pack_scan_parcel ON pack_scan (parcel_id, round, id)
;;
CREATE TABLE packing (
	id BIGINT NOT NULL,
	parcel_id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	state TEXT DEFAULT 'open' NOT NULL,
	round BIGINT DEFAULT 1 NOT NULL,
	station TEXT DEFAULT '' NOT NULL,
	by TEXT DEFAULT '' NOT NULL,
	reason TEXT DEFAULT '' NOT NULL,
	opened_at BIGINT DEFAULT 0 NOT NULL,
	closed_at BIGINT,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_packing PRIMARY KEY (id),
	CONSTRAINT uq_packing_parcel_id UNIQUE (parcel_id),
	CONSTRAINT fk_packing_parcel_id FOREIGN KEY(parcel_id) REFERENCES parcel (id),
	CONSTRAINT fk_packing_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
;;
CREATE INDEX ix_packing_closed_at ON packing (closed_at)
;;
CREATE INDEX ix_packing_order_id ON packing (order_id)
;;
CREATE TABLE parcel_line (
	id BIGINT NOT NULL,
	parcel_id BIGINT NOT NULL,
	line_id BIGINT NOT NULL,
	quantity BIGINT DEFAULT 0 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_parcel_line PRIMARY KEY (id),
	CONSTRAINT uq_parcel_line_parcel_id_line_id UNIQUE (parcel_id, line_id),
	CONSTRAINT ck_parcel_line_quantity CHECK (quantity > 0),
	CONSTRAINT fk_parcel_line_parcel_id FOREIGN KEY(parcel_id) REFERENCES parcel (id),
	CONSTRAINT fk_parcel_line_line_id FOREIGN KEY(line_id) REFERENCES line (id)
)
;;
CREATE INDEX ix_parcel_line_parcel_id ON parcel_line (parcel_id)
;;
CREATE TABLE stock_lock (
	id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	line_id BIGINT NOT NULL,
	sku TEXT DEFAULT '' NOT NULL,
	location_id BIGINT NOT NULL,
	quantity BIGINT DEFAULT 0 NOT NULL,
	released BIGINT DEFAULT 0 NOT NULL,
	used BIGINT DEFAULT 0 NOT NULL,
	state TEXT DEFAULT 'held' NOT NULL,
	kind TEXT DEFAULT 'firm' NOT NULL,
	expires_at BIGINT,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_stock_lock PRIMARY KEY (id),
	CONSTRAINT ck_stock_lock_quantity CHECK (quantity > 0),
	CONSTRAINT ck_stock_lock_balance CHECK (released + used <= quantity),
	CONSTRAINT fk_stock_lock_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
	CONSTRAINT fk_stock_lock_line_id FOREIGN KEY(line_id) REFERENCES line (id)
)
;;
CREATE INDEX ix_stock_lock_expires ON stock_lock (expires_at) WHERE expires_at IS NOT NULL AND state = 'held'
;;
CREATE INDEX ix_stock_lock_line_id ON stock_lock (line_id)
;;
CREATE INDEX ix_stock_lock_order_id ON stock_lock (order_id)
;;
CREATE INDEX ix_stock_lock_sku ON stock_lock (sku, state, id)
;;
CREATE TABLE tracking (
	id BIGINT NOT NULL,
	parcel_id BIGINT NOT NULL,
	waybill_no TEXT DEFAULT '' NOT NULL,
	code TEXT DEFAULT '' NOT NULL,
	status TEXT DEFAULT '' NOT NULL,
	at BIGINT DEFAULT 0 NOT NULL,
	place TEXT DEFAULT '' NOT NULL,
	said TEXT DEFAULT '' NOT NULL,
	dedupe_key TEXT DEFAULT '' NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_tracking PRIMARY KEY (id),
	CONSTRAINT uq_tracking_waybill_no_dedupe_key UNIQUE (waybill_no, dedupe_key),
	CONSTRAINT fk_tracking_parcel_id FOREIGN KEY(parcel_id) REFERENCES parcel (id)
)
;;
CREATE INDEX ix_tracking_parcel_id ON tracking (parcel_id)
;;
CREATE TABLE waybill (
	id BIGINT NOT NULL,
	parcel_id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	generation BIGINT DEFAULT 1 NOT NULL,
	intent_key TEXT DEFAULT '' NOT NULL,
	carrier_account TEXT DEFAULT '' NOT NULL,
	request_ct BYTEA,
	request_digest BYTEA,
	state TEXT DEFAULT 'intent' NOT NULL,
	carrier_no TEXT,
	route_json TEXT DEFAULT '{}' NOT NULL,
	source TEXT DEFAULT 'api' NOT NULL,
	rejected_code TEXT DEFAULT '' NOT NULL,
	rejected_text TEXT DEFAULT '' NOT NULL,
	lookups BIGINT DEFAULT 0 NOT NULL,
	first_sent_at BIGINT,
	not_found_at BIGINT,
	next_at BIGINT,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_waybill PRIMARY KEY (id),
	CONSTRAINT uq_waybill_intent_key UNIQUE (intent_key),
	CONSTRAINT fk_waybill_parcel_id FOREIGN KEY(parcel_id) REFERENCES parcel (id),
	CONSTRAINT fk_waybill_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
;;
CREATE INDEX ix_waybill_carrier_no ON waybill (carrier_no)
;;
CREATE INDEX ix_waybill_due ON waybill (state, next_at)
;;
CREATE INDEX ix_waybill_order_id ON waybill (order_id)
;;
CREATE INDEX ix_waybill_parcel_id ON waybill (parcel_id)
;;
CREATE UNIQUE INDEX one_carrier_no ON waybill (carrier_account, carrier_no) WHERE carrier_no IS NOT NULL
;;
CREATE UNIQUE INDEX one_open_waybill ON waybill (parcel_id) WHERE state NOT IN ('voided', 'rejected')
;;
CREATE TABLE print_data (
	waybill_id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	component TEXT DEFAULT '' NOT NULL,
	template_url TEXT DEFAULT '' NOT NULL,
	content_ct BYTEA,
	tries BIGINT DEFAULT 0 NOT NULL,
	next_at BIGINT,
	got_at BIGINT,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_print_data PRIMARY KEY (waybill_id),
	CONSTRAINT fk_print_data_waybill_id FOREIGN KEY(waybill_id) REFERENCES waybill (id),
	CONSTRAINT fk_print_data_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
;;
CREATE INDEX ix_print_data_next_at ON print_data (next_at)
;;
CREATE INDEX ix_print_data_order_id ON print_data (order_id)
;;
CREATE TABLE print_job (
	id BIGINT NOT NULL,
	waybill_id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	copy_no BIGINT DEFAULT 1 NOT NULL,
	reason TEXT DEFAULT '' NOT NULL,
	state TEXT DEFAULT 'queued' NOT NULL,
	desk TEXT DEFAULT '' NOT NULL,
	printer TEXT DEFAULT '' NOT NULL,
	template TEXT DEFAULT '' NOT NULL,
	batch TEXT DEFAULT '' NOT NULL,
	spool_job TEXT DEFAULT '' NOT NULL,
	order_version BIGINT DEFAULT 0 NOT NULL,
	claimed_at BIGINT,
	printed_at BIGINT,
	confirmed_by TEXT DEFAULT '' NOT NULL,
	error TEXT DEFAULT '' NOT NULL,
	version BIGINT DEFAULT 1 NOT NULL,
	row_mac BYTEA,
	CONSTRAINT pk_print_job PRIMARY KEY (id),
	CONSTRAINT uq_print_job_waybill_id_copy_no UNIQUE (waybill_id, copy_no),
	CONSTRAINT fk_print_job_waybill_id FOREIGN KEY(waybill_id) REFERENCES waybill (id),
	CONSTRAINT fk_print_job_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
;;
CREATE INDEX ix_print_job_order_id ON print_job (order_id)
;;
CREATE INDEX ix_print_job_state ON print_job (state, id)
;;
CREATE INDEX ix_print_job_waybill_id ON print_job (waybill_id)
;;
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'waydesk: entries of the activity log are never changed or removed'; END $$
;;
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_refuse()
;;
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
