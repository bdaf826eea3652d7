using System;
using System.Collections.Generic;
using System.Net;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <inheritdoc />
    public partial class Domain : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_devices_application_id",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_device_states_last_seen_at",
                table: "device_states");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "expires_on",
                table: "users",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "activation",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "afcnt_down",
                table: "devices",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "app_key_ciphertext",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "app_skey_ciphertext",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ca_certificate",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "chirpstack_application_id",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "connection_count",
                table: "devices",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "dev_addr",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "dev_eui",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "device_certificate",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "device_certificate_key_ciphertext",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "device_model_id",
                table: "devices",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "device_profile_id",
                table: "devices",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "downlink_payload",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "end_product_certificate",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "fcnt_up",
                table: "devices",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "fnwk_sint_key_ciphertext",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "import_key",
                table: "devices",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "invalid_mqtt_config",
                table: "devices",
                type: "boolean",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "is_disabled",
                table: "devices",
                type: "boolean",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "join_eui",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "mqtt_authentication",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "mqtt_connection_error",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "mqtt_password_ciphertext",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "mqtt_password_hash",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "mqtt_port",
                table: "devices",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "mqtt_topic_name",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "mqtt_url",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "mqtt_username",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "nfcnt_down",
                table: "devices",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "nwk_key_ciphertext",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "nwk_senc_key_ciphertext",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "pac_ciphertext",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "prototype",
                table: "devices",
                type: "boolean",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "sigfox_device_type_id",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "sigfox_device_type_name",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "sigfox_group_id",
                table: "devices",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "sigfox_id",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "skip_fcnt_check",
                table: "devices",
                type: "boolean",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "snwk_sint_key_ciphertext",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "application_id",
                table: "device_states",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<double>(
                name: "battery_level",
                table: "device_states",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "link_margin",
                table: "device_states",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "device_count",
                table: "applications",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "metadata",
                table: "applications",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "url",
                table: "data_targets",
                type: "text",
                nullable: true,
                computedColumnSql: "settings ->> 'url'",
                stored: true);

            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    name = table.Column<string>(type: "text", nullable: false),
                    key_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    key_prefix = table.Column<string>(type: "text", nullable: false),
                    expires_on = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    system_user_id = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true),
                    updated_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_keys", x => x.id);
                    table.ForeignKey(
                        name: "fk_api_keys_users_system_user_id",
                        column: x => x.system_user_id,
                        principalTable: "users",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "application_contact_persons",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    role = table.Column<string>(type: "text", nullable: true),
                    name = table.Column<string>(type: "text", nullable: false),
                    email = table.Column<string>(type: "text", nullable: true),
                    phone = table.Column<string>(type: "text", nullable: true),
                    application_id = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true),
                    updated_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_application_contact_persons", x => x.id);
                    table.ForeignKey(
                        name: "fk_application_contact_persons_applications_application_id",
                        column: x => x.application_id,
                        principalTable: "applications",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "audit_entries",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    user_id = table.Column<int>(type: "integer", nullable: true),
                    user_name = table.Column<string>(type: "text", nullable: true),
                    address = table.Column<IPAddress>(type: "inet", nullable: true),
                    action = table.Column<string>(type: "text", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    entity_id = table.Column<string>(type: "text", nullable: true),
                    name = table.Column<string>(type: "text", nullable: true),
                    organization_id = table.Column<int>(type: "integer", nullable: true),
                    before = table.Column<string>(type: "jsonb", nullable: true),
                    after = table.Column<string>(type: "jsonb", nullable: true),
                    succeeded = table.Column<bool>(type: "boolean", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    trace_id = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_entries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "device_authorities",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    generation = table.Column<int>(type: "integer", nullable: false),
                    certificate = table.Column<string>(type: "text", nullable: false),
                    key_ciphertext = table.Column<string>(type: "text", nullable: false),
                    not_after = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true),
                    updated_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_device_authorities", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "device_models",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    body = table.Column<string>(type: "jsonb", nullable: false),
                    organization_id = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true),
                    updated_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_device_models", x => x.id);
                    table.ForeignKey(
                        name: "fk_device_models_organizations_organization_id",
                        column: x => x.organization_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "device_profiles",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    chirpstack_id = table.Column<string>(type: "text", nullable: true),
                    organization_id = table.Column<int>(type: "integer", nullable: false),
                    region = table.Column<string>(type: "text", nullable: false),
                    mac_version = table.Column<int>(type: "integer", nullable: false),
                    reg_params_revision = table.Column<int>(type: "integer", nullable: false),
                    adr_algorithm_id = table.Column<string>(type: "text", nullable: false),
                    supports_join = table.Column<bool>(type: "boolean", nullable: false),
                    supports_class_b = table.Column<bool>(type: "boolean", nullable: false),
                    supports_class_c = table.Column<bool>(type: "boolean", nullable: false),
                    class_b_timeout = table.Column<int>(type: "integer", nullable: true),
                    class_c_timeout = table.Column<int>(type: "integer", nullable: true),
                    ping_slot_dr = table.Column<int>(type: "integer", nullable: true),
                    ping_slot_freq = table.Column<int>(type: "integer", nullable: true),
                    ping_slot_period = table.Column<int>(type: "integer", nullable: true),
                    rx_delay_1 = table.Column<int>(type: "integer", nullable: true),
                    rx_dr_offset_1 = table.Column<int>(type: "integer", nullable: true),
                    rx_data_rate_2 = table.Column<int>(type: "integer", nullable: true),
                    rx_freq_2 = table.Column<int>(type: "integer", nullable: true),
                    dev_status_req_freq = table.Column<int>(type: "integer", nullable: false),
                    tags = table.Column<string>(type: "jsonb", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true),
                    updated_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_device_profiles", x => x.id);
                    table.ForeignKey(
                        name: "fk_device_profiles_organizations_organization_id",
                        column: x => x.organization_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "downlinks",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    device_id = table.Column<int>(type: "integer", nullable: false),
                    payload = table.Column<byte[]>(type: "bytea", nullable: false),
                    fport = table.Column<int>(type: "integer", nullable: true),
                    confirmed = table.Column<bool>(type: "boolean", nullable: false),
                    state = table.Column<int>(type: "integer", nullable: false),
                    network_item_id = table.Column<string>(type: "text", nullable: true),
                    fcnt_down = table.Column<long>(type: "bigint", nullable: true),
                    sent_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    acknowledged_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    error = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true),
                    updated_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_downlinks", x => x.id);
                    table.ForeignKey(
                        name: "fk_downlinks_devices_device_id",
                        column: x => x.device_id,
                        principalTable: "devices",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "gateways",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    gateway_id = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: true),
                    organization_id = table.Column<int>(type: "integer", nullable: false),
                    latitude = table.Column<double>(type: "double precision", nullable: true),
                    longitude = table.Column<double>(type: "double precision", nullable: true),
                    altitude = table.Column<double>(type: "double precision", nullable: true),
                    tags = table.Column<string>(type: "jsonb", nullable: false),
                    rx_packets_received = table.Column<int>(type: "integer", nullable: false),
                    tx_packets_emitted = table.Column<int>(type: "integer", nullable: false),
                    last_seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    placement = table.Column<string>(type: "text", nullable: true),
                    model_name = table.Column<string>(type: "text", nullable: true),
                    antenna_type = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<string>(type: "text", nullable: true),
                    responsible_name = table.Column<string>(type: "text", nullable: true),
                    responsible_email = table.Column<string>(type: "text", nullable: true),
                    responsible_phone_number = table.Column<string>(type: "text", nullable: true),
                    operational_responsible_name = table.Column<string>(type: "text", nullable: true),
                    operational_responsible_email = table.Column<string>(type: "text", nullable: true),
                    notify_offline = table.Column<bool>(type: "boolean", nullable: false),
                    notify_unusual_packages = table.Column<bool>(type: "boolean", nullable: false),
                    offline_alarm_threshold_minutes = table.Column<int>(type: "integer", nullable: true),
                    minimum_packages = table.Column<int>(type: "integer", nullable: true),
                    maximum_packages = table.Column<int>(type: "integer", nullable: true),
                    alarm_mail = table.Column<string>(type: "text", nullable: true),
                    has_sent_offline_notification = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true),
                    updated_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_gateways", x => x.id);
                    table.ForeignKey(
                        name: "fk_gateways_organizations_organization_id",
                        column: x => x.organization_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "multicast_groups",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    name = table.Column<string>(type: "text", nullable: false),
                    application_id = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true),
                    updated_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_multicast_groups", x => x.id);
                    table.ForeignKey(
                        name: "fk_multicast_groups_applications_application_id",
                        column: x => x.application_id,
                        principalTable: "applications",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "open_data_dk_datasets",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    name = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: false),
                    keywords = table.Column<List<string>>(type: "text[]", nullable: true),
                    license = table.Column<string>(type: "text", nullable: false),
                    author_name = table.Column<string>(type: "text", nullable: false),
                    author_email = table.Column<string>(type: "text", nullable: false),
                    resource_title = table.Column<string>(type: "text", nullable: false),
                    update_frequency = table.Column<string>(type: "text", nullable: true),
                    documentation_url = table.Column<string>(type: "text", nullable: true),
                    themes = table.Column<List<string>>(type: "text[]", nullable: true),
                    personal_data_confirmed = table.Column<bool>(type: "boolean", nullable: false),
                    data_target_id = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true),
                    updated_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_open_data_dk_datasets", x => x.id);
                    table.ForeignKey(
                        name: "fk_open_data_dk_datasets_data_targets_data_target_id",
                        column: x => x.data_target_id,
                        principalTable: "data_targets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sigfox_groups",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    username = table.Column<string>(type: "text", nullable: false),
                    password_ciphertext = table.Column<string>(type: "text", nullable: false),
                    sigfox_group_id = table.Column<string>(type: "text", nullable: false),
                    sigfox_group_name = table.Column<string>(type: "text", nullable: true),
                    organization_id = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true),
                    updated_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sigfox_groups", x => x.id);
                    table.ForeignKey(
                        name: "fk_sigfox_groups_organizations_organization_id",
                        column: x => x.organization_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "api_key_permissions",
                columns: table => new
                {
                    api_keys_id = table.Column<int>(type: "integer", nullable: false),
                    permissions_id = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_key_permissions", x => new { x.api_keys_id, x.permissions_id });
                    table.ForeignKey(
                        name: "fk_api_key_permissions_api_keys_api_keys_id",
                        column: x => x.api_keys_id,
                        principalTable: "api_keys",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_api_key_permissions_permissions_permissions_id",
                        column: x => x.permissions_id,
                        principalTable: "permissions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "gateway_status_history",
                columns: table => new
                {
                    gateway_id = table.Column<int>(type: "integer", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    was_online = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_gateway_status_history", x => new { x.gateway_id, x.at });
                    table.ForeignKey(
                        name: "fk_gateway_status_history_gateways_gateway_id",
                        column: x => x.gateway_id,
                        principalTable: "gateways",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "gateway_traffic",
                columns: table => new
                {
                    gateway_id = table.Column<int>(type: "integer", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    rx_packets_received = table.Column<int>(type: "integer", nullable: false),
                    tx_packets_emitted = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_gateway_traffic", x => new { x.gateway_id, x.day });
                    table.ForeignKey(
                        name: "fk_gateway_traffic_gateways_gateway_id",
                        column: x => x.gateway_id,
                        principalTable: "gateways",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "lorawan_multicasts",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    multicast_group_id = table.Column<int>(type: "integer", nullable: false),
                    address = table.Column<string>(type: "text", nullable: false),
                    network_session_key_ciphertext = table.Column<string>(type: "text", nullable: false),
                    application_session_key_ciphertext = table.Column<string>(type: "text", nullable: false),
                    frame_counter = table.Column<long>(type: "bigint", nullable: false),
                    data_rate = table.Column<int>(type: "integer", nullable: false),
                    frequency = table.Column<long>(type: "bigint", nullable: false),
                    group_type = table.Column<string>(type: "text", nullable: false),
                    chirpstack_group_id = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true),
                    updated_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lorawan_multicasts", x => x.id);
                    table.ForeignKey(
                        name: "fk_lorawan_multicasts_multicast_groups_multicast_group_id",
                        column: x => x.multicast_group_id,
                        principalTable: "multicast_groups",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "multicast_downlinks",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    multicast_group_id = table.Column<int>(type: "integer", nullable: false),
                    payload = table.Column<byte[]>(type: "bytea", nullable: false),
                    fport = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<int>(type: "integer", nullable: false),
                    fcnt_down = table.Column<long>(type: "bigint", nullable: true),
                    sent_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    error = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true),
                    updated_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_multicast_downlinks", x => x.id);
                    table.ForeignKey(
                        name: "fk_multicast_downlinks_multicast_groups_multicast_group_id",
                        column: x => x.multicast_group_id,
                        principalTable: "multicast_groups",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "multicast_group_devices",
                columns: table => new
                {
                    devices_id = table.Column<int>(type: "integer", nullable: false),
                    multicast_groups_id = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_multicast_group_devices", x => new { x.devices_id, x.multicast_groups_id });
                    table.ForeignKey(
                        name: "fk_multicast_group_devices_devices_devices_id",
                        column: x => x.devices_id,
                        principalTable: "devices",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_multicast_group_devices_multicast_groups_multicast_groups_id",
                        column: x => x.multicast_groups_id,
                        principalTable: "multicast_groups",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_devices_application_id_connection_count_id",
                table: "devices",
                columns: new[] { "application_id", "connection_count", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_application_id_device_model_id_id",
                table: "devices",
                columns: new[] { "application_id", "device_model_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_application_id_id",
                table: "devices",
                columns: new[] { "application_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_application_id_name_id",
                table: "devices",
                columns: new[] { "application_id", "name", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_dev_eui",
                table: "devices",
                column: "dev_eui",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_devices_device_model_id",
                table: "devices",
                column: "device_model_id");

            migrationBuilder.CreateIndex(
                name: "ix_devices_device_profile_id",
                table: "devices",
                column: "device_profile_id");

            migrationBuilder.CreateIndex(
                name: "ix_devices_import_key",
                table: "devices",
                column: "import_key",
                unique: true,
                filter: "import_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_devices_mqtt_topic_name",
                table: "devices",
                column: "mqtt_topic_name");

            migrationBuilder.CreateIndex(
                name: "ix_devices_mqtt_username",
                table: "devices",
                column: "mqtt_username",
                unique: true,
                filter: "type = 'MQTT_INTERNAL_BROKER'");

            migrationBuilder.CreateIndex(
                name: "ix_devices_sigfox_device_type_id",
                table: "devices",
                column: "sigfox_device_type_id");

            migrationBuilder.CreateIndex(
                name: "ix_devices_sigfox_group_id",
                table: "devices",
                column: "sigfox_group_id");

            migrationBuilder.CreateIndex(
                name: "ix_devices_sigfox_id",
                table: "devices",
                column: "sigfox_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_device_states_application_id_last_seen_at_device_id",
                table: "device_states",
                columns: new[] { "application_id", "last_seen_at", "device_id" });

            migrationBuilder.CreateIndex(
                name: "ix_device_states_application_id_rssi_device_id",
                table: "device_states",
                columns: new[] { "application_id", "rssi", "device_id" },
                filter: "rssi IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_device_states_application_id_snr_device_id",
                table: "device_states",
                columns: new[] { "application_id", "snr", "device_id" },
                filter: "snr IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_api_key_permissions_permissions_id",
                table: "api_key_permissions",
                column: "permissions_id");

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_key_hash",
                table: "api_keys",
                column: "key_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_system_user_id",
                table: "api_keys",
                column: "system_user_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_application_contact_persons_application_id",
                table: "application_contact_persons",
                column: "application_id");

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_at_id",
                table: "audit_entries",
                columns: new[] { "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_organization_id_at_id",
                table: "audit_entries",
                columns: new[] { "organization_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_type_entity_id_at",
                table: "audit_entries",
                columns: new[] { "type", "entity_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_user_id_at",
                table: "audit_entries",
                columns: new[] { "user_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_device_authorities_generation",
                table: "device_authorities",
                column: "generation",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_device_models_organization_id",
                table: "device_models",
                column: "organization_id");

            migrationBuilder.CreateIndex(
                name: "ix_device_profiles_chirpstack_id",
                table: "device_profiles",
                column: "chirpstack_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_device_profiles_organization_id",
                table: "device_profiles",
                column: "organization_id");

            migrationBuilder.CreateIndex(
                name: "ix_downlinks_device_id_created_at",
                table: "downlinks",
                columns: new[] { "device_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_downlinks_network_item_id",
                table: "downlinks",
                column: "network_item_id");

            migrationBuilder.CreateIndex(
                name: "ix_downlinks_waiting",
                table: "downlinks",
                column: "device_id",
                filter: "state <= 1");

            migrationBuilder.CreateIndex(
                name: "ix_gateway_status_history_at",
                table: "gateway_status_history",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "ix_gateways_gateway_id",
                table: "gateways",
                column: "gateway_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_gateways_last_seen_at",
                table: "gateways",
                column: "last_seen_at");

            migrationBuilder.CreateIndex(
                name: "ix_gateways_name",
                table: "gateways",
                column: "name");

            migrationBuilder.CreateIndex(
                name: "ix_gateways_organization_id",
                table: "gateways",
                column: "organization_id");

            migrationBuilder.CreateIndex(
                name: "ix_lorawan_multicasts_multicast_group_id",
                table: "lorawan_multicasts",
                column: "multicast_group_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_multicast_downlinks_multicast_group_id_created_at",
                table: "multicast_downlinks",
                columns: new[] { "multicast_group_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_multicast_downlinks_waiting",
                table: "multicast_downlinks",
                column: "multicast_group_id",
                filter: "state <= 1");

            migrationBuilder.CreateIndex(
                name: "ix_multicast_group_devices_multicast_groups_id",
                table: "multicast_group_devices",
                column: "multicast_groups_id");

            migrationBuilder.CreateIndex(
                name: "ix_multicast_groups_application_id",
                table: "multicast_groups",
                column: "application_id");

            migrationBuilder.CreateIndex(
                name: "ix_multicast_groups_name",
                table: "multicast_groups",
                column: "name");

            migrationBuilder.CreateIndex(
                name: "ix_open_data_dk_datasets_data_target_id",
                table: "open_data_dk_datasets",
                column: "data_target_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_sigfox_groups_organization_id",
                table: "sigfox_groups",
                column: "organization_id");

            migrationBuilder.CreateIndex(
                name: "ix_sigfox_groups_username_organization_id",
                table: "sigfox_groups",
                columns: new[] { "username", "organization_id" },
                unique: true);

            migrationBuilder.AddForeignKey(
                name: "fk_devices_device_models_device_model_id",
                table: "devices",
                column: "device_model_id",
                principalTable: "device_models",
                principalColumn: "id");

            migrationBuilder.AddForeignKey(
                name: "fk_devices_device_profiles_device_profile_id",
                table: "devices",
                column: "device_profile_id",
                principalTable: "device_profiles",
                principalColumn: "id");

            migrationBuilder.AddForeignKey(
                name: "fk_devices_sigfox_groups_sigfox_group_id",
                table: "devices",
                column: "sigfox_group_id",
                principalTable: "sigfox_groups",
                principalColumn: "id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_devices_device_models_device_model_id",
                table: "devices");

            migrationBuilder.DropForeignKey(
                name: "fk_devices_device_profiles_device_profile_id",
                table: "devices");

            migrationBuilder.DropForeignKey(
                name: "fk_devices_sigfox_groups_sigfox_group_id",
                table: "devices");

            migrationBuilder.DropTable(
                name: "api_key_permissions");

            migrationBuilder.DropTable(
                name: "application_contact_persons");

            migrationBuilder.DropTable(
                name: "audit_entries");

            migrationBuilder.DropTable(
                name: "device_authorities");

            migrationBuilder.DropTable(
                name: "device_models");

            migrationBuilder.DropTable(
                name: "device_profiles");

            migrationBuilder.DropTable(
                name: "downlinks");

            migrationBuilder.DropTable(
                name: "gateway_status_history");

            migrationBuilder.DropTable(
                name: "gateway_traffic");

            migrationBuilder.DropTable(
                name: "lorawan_multicasts");

            migrationBuilder.DropTable(
                name: "multicast_downlinks");

            migrationBuilder.DropTable(
                name: "multicast_group_devices");

            migrationBuilder.DropTable(
                name: "open_data_dk_datasets");

            migrationBuilder.DropTable(
                name: "sigfox_groups");

            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "gateways");

            migrationBuilder.DropTable(
                name: "multicast_groups");

            migrationBuilder.DropIndex(
                name: "ix_devices_application_id_connection_count_id",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_application_id_device_model_id_id",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_application_id_id",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_application_id_name_id",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_dev_eui",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_device_model_id",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_device_profile_id",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_import_key",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_mqtt_topic_name",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_mqtt_username",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_sigfox_device_type_id",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_sigfox_group_id",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_sigfox_id",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_device_states_application_id_last_seen_at_device_id",
                table: "device_states");

            migrationBuilder.DropIndex(
                name: "ix_device_states_application_id_rssi_device_id",
                table: "device_states");

            migrationBuilder.DropIndex(
                name: "ix_device_states_application_id_snr_device_id",
                table: "device_states");

            migrationBuilder.DropColumn(
                name: "url",
                table: "data_targets");

            migrationBuilder.DropColumn(
                name: "expires_on",
                table: "users");

            migrationBuilder.DropColumn(
                name: "activation",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "afcnt_down",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "app_key_ciphertext",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "app_skey_ciphertext",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "ca_certificate",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "chirpstack_application_id",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "connection_count",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "dev_addr",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "dev_eui",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "device_certificate",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "device_certificate_key_ciphertext",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "device_model_id",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "device_profile_id",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "downlink_payload",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "end_product_certificate",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "fcnt_up",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "fnwk_sint_key_ciphertext",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "import_key",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "invalid_mqtt_config",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "is_disabled",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "join_eui",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "mqtt_authentication",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "mqtt_connection_error",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "mqtt_password_ciphertext",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "mqtt_password_hash",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "mqtt_port",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "mqtt_topic_name",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "mqtt_url",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "mqtt_username",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "nfcnt_down",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "nwk_key_ciphertext",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "nwk_senc_key_ciphertext",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "pac_ciphertext",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "prototype",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "sigfox_device_type_id",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "sigfox_device_type_name",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "sigfox_group_id",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "sigfox_id",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "skip_fcnt_check",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "snwk_sint_key_ciphertext",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "application_id",
                table: "device_states");

            migrationBuilder.DropColumn(
                name: "battery_level",
                table: "device_states");

            migrationBuilder.DropColumn(
                name: "link_margin",
                table: "device_states");

            migrationBuilder.DropColumn(
                name: "device_count",
                table: "applications");

            migrationBuilder.DropColumn(
                name: "metadata",
                table: "applications");

            migrationBuilder.CreateIndex(
                name: "ix_devices_application_id",
                table: "devices",
                column: "application_id");

            migrationBuilder.CreateIndex(
                name: "ix_device_states_last_seen_at",
                table: "device_states",
                column: "last_seen_at");
        }
    }
}
