using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <summary>
    /// What Sigfox needs beside devices: secrets and state of callbacks by device type, what it tells of devices, jobs, and pauses that it
    /// asked for; and the notices that go with them.
    /// </summary>
    public partial class Sigfox : Migration
    {
        private const string HistoryAndNotices =
            """
            ALTER TABLE received_messages ADD COLUMN is_recovered boolean NOT NULL DEFAULT false;

            -- Ingest takes the callbacks of the type that a device has and of the one that it is on its way to.
            DROP TRIGGER notify_device_changed ON devices;
            CREATE TRIGGER notify_device_changed
                AFTER INSERT OR DELETE OR UPDATE OF application_id, api_key_hash, sigfox_id, sigfox_device_type_id, sigfox_next_device_type_id
                ON devices FOR EACH ROW EXECUTE FUNCTION notify_device_changed();

            -- The secret of a type concerns all its devices.
            CREATE FUNCTION notify_sigfox_secret_changed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('device_changed', '0 *');
                RETURN NULL;
            END $$;
            CREATE TRIGGER notify_sigfox_secret_changed
                AFTER INSERT OR DELETE OR UPDATE OF sigfox_id, secret_hash, header_secret_hash, guarded_from, header_guarded_from
                ON sigfox_device_types FOR EACH ROW EXECUTE FUNCTION notify_sigfox_secret_changed();

            -- A type that comes into use needs callbacks, whoever brings it into use.
            CREATE FUNCTION want_sigfox_callbacks() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
                wanted text;
            BEGIN
                FOREACH wanted IN ARRAY ARRAY[NEW.sigfox_device_type_id, NEW.sigfox_next_device_type_id] LOOP
                    IF wanted IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sigfox_device_types t WHERE t.sigfox_id = wanted) THEN
                        INSERT INTO sync_changes (system, kind, key, organization_id)
                        SELECT 'sigfox', 'device-type', wanted, (SELECT a.organization_id FROM applications a WHERE a.id = NEW.application_id)
                        WHERE NOT EXISTS (
                            SELECT 1 FROM sync_changes c WHERE c.system = 'sigfox' AND c.kind = 'device-type' AND c.key = wanted AND c.state = 0);
                    END IF;
                END LOOP;
                RETURN NULL;
            END $$;
            CREATE TRIGGER want_sigfox_callbacks_of_new AFTER INSERT ON devices
                FOR EACH ROW WHEN (NEW.type = 'SIGFOX') EXECUTE FUNCTION want_sigfox_callbacks();
            CREATE TRIGGER want_sigfox_callbacks_of_changed AFTER UPDATE OF sigfox_device_type_id, sigfox_next_device_type_id ON devices
                FOR EACH ROW WHEN (NEW.type = 'SIGFOX') EXECUTE FUNCTION want_sigfox_callbacks();

            CREATE FUNCTION notify_sigfox_job_added() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('sigfox_job_added', '');
                RETURN NULL;
            END $$;
            CREATE TRIGGER notify_sigfox_job_added AFTER INSERT ON sigfox_jobs FOR EACH STATEMENT EXECUTE FUNCTION notify_sigfox_job_added();
            """;

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "attempts",
                table: "downlinks",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "sigfox_next_device_type_id",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "sigfox_registration",
                table: "devices",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "sigfox_registration_error",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "sigfox_device_types",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    sigfox_id = table.Column<string>(type: "text", nullable: false),
                    sigfox_group_id = table.Column<int>(type: "integer", nullable: false),
                    secret_ciphertext = table.Column<string>(type: "text", nullable: false),
                    secret_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    header_secret_ciphertext = table.Column<string>(type: "text", nullable: false),
                    header_secret_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    guarded_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    header_guarded_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    callbacks_checked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    callbacks_good_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    callbacks_error = table.Column<string>(type: "text", nullable: true),
                    callbacks_refused_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    callbacks = table.Column<string>(type: "jsonb", nullable: true),
                    undelivered_read_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    undelivered_read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    undelivered_error = table.Column<string>(type: "text", nullable: true),
                    recovered = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    last_recovered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sigfox_device_types", x => x.id);
                    table.ForeignKey(
                        name: "fk_sigfox_device_types_sigfox_groups_sigfox_group_id",
                        column: x => x.sigfox_group_id,
                        principalTable: "sigfox_groups",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sigfox_jobs",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    kind = table.Column<int>(type: "integer", nullable: false),
                    sigfox_group_id = table.Column<int>(type: "integer", nullable: false),
                    device_type_id = table.Column<string>(type: "text", nullable: true),
                    device_type_name = table.Column<string>(type: "text", nullable: true),
                    state = table.Column<int>(type: "integer", nullable: false),
                    total = table.Column<int>(type: "integer", nullable: false),
                    succeeded = table.Column<int>(type: "integer", nullable: false),
                    failed = table.Column<int>(type: "integer", nullable: false),
                    message = table.Column<string>(type: "text", nullable: true),
                    network_job_id = table.Column<string>(type: "text", nullable: true),
                    next_attempt_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    lease_owner = table.Column<Guid>(type: "uuid", nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true),
                    updated_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sigfox_jobs", x => x.id);
                    table.ForeignKey(
                        name: "fk_sigfox_jobs_sigfox_groups_sigfox_group_id",
                        column: x => x.sigfox_group_id,
                        principalTable: "sigfox_groups",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sigfox_pauses",
                columns: table => new
                {
                    login = table.Column<byte[]>(type: "bytea", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sigfox_pauses", x => x.login);
                });

            migrationBuilder.CreateTable(
                name: "sigfox_receptions",
                columns: table => new
                {
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    device_id = table.Column<int>(type: "integer", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    rssi = table.Column<double>(type: "double precision", nullable: true),
                    snr = table.Column<double>(type: "double precision", nullable: true),
                    link_quality = table.Column<string>(type: "text", nullable: true),
                    latitude = table.Column<double>(type: "double precision", nullable: true),
                    longitude = table.Column<double>(type: "double precision", nullable: true),
                    radius = table.Column<double>(type: "double precision", nullable: true),
                    stations = table.Column<string>(type: "jsonb", nullable: true),
                    is_merged = table.Column<bool>(type: "boolean", nullable: false, defaultValue: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sigfox_receptions", x => x.message_id);
                    table.ForeignKey(
                        name: "fk_sigfox_receptions_sigfox_devices_device_id",
                        column: x => x.device_id,
                        principalTable: "devices",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sigfox_states",
                columns: table => new
                {
                    device_id = table.Column<int>(type: "integer", nullable: false),
                    status_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    battery = table.Column<double>(type: "double precision", nullable: true),
                    temperature = table.Column<double>(type: "double precision", nullable: true),
                    signal_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    link_quality = table.Column<string>(type: "text", nullable: true),
                    stations = table.Column<int>(type: "integer", nullable: true),
                    operator_name = table.Column<string>(type: "text", nullable: true),
                    latitude = table.Column<double>(type: "double precision", nullable: true),
                    longitude = table.Column<double>(type: "double precision", nullable: true),
                    radius = table.Column<double>(type: "double precision", nullable: true),
                    located_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    error_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    error_severity = table.Column<string>(type: "text", nullable: true),
                    error = table.Column<string>(type: "text", nullable: true),
                    missing_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sigfox_states", x => x.device_id);
                    table.ForeignKey(
                        name: "fk_sigfox_states_sigfox_devices_device_id",
                        column: x => x.device_id,
                        principalTable: "devices",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sigfox_job_items",
                columns: table => new
                {
                    sigfox_job_id = table.Column<int>(type: "integer", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    device_id = table.Column<int>(type: "integer", nullable: true),
                    sigfox_id = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<int>(type: "integer", nullable: false),
                    is_uncertain = table.Column<bool>(type: "boolean", nullable: false),
                    error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sigfox_job_items", x => new { x.sigfox_job_id, x.number });
                    table.ForeignKey(
                        name: "fk_sigfox_job_items_sigfox_devices_device_id",
                        column: x => x.device_id,
                        principalTable: "devices",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_sigfox_job_items_sigfox_jobs_sigfox_job_id",
                        column: x => x.sigfox_job_id,
                        principalTable: "sigfox_jobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_sigfox_device_types_sigfox_group_id",
                table: "sigfox_device_types",
                column: "sigfox_group_id");

            migrationBuilder.CreateIndex(
                name: "ix_sigfox_device_types_sigfox_id",
                table: "sigfox_device_types",
                column: "sigfox_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_sigfox_job_items_device_id",
                table: "sigfox_job_items",
                column: "device_id");

            migrationBuilder.CreateIndex(
                name: "ix_sigfox_jobs_open",
                table: "sigfox_jobs",
                column: "next_attempt_at",
                filter: "state <= 1");

            migrationBuilder.CreateIndex(
                name: "ix_sigfox_jobs_sigfox_group_id_id",
                table: "sigfox_jobs",
                columns: new[] { "sigfox_group_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_sigfox_receptions_device_id_received_at",
                table: "sigfox_receptions",
                columns: new[] { "device_id", "received_at" });

            migrationBuilder.CreateIndex(
                name: "ix_sigfox_receptions_waiting",
                table: "sigfox_receptions",
                column: "received_at",
                filter: "NOT is_merged");

            migrationBuilder.Sql(HistoryAndNotices);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP TRIGGER notify_sigfox_job_added ON sigfox_jobs;
                DROP FUNCTION notify_sigfox_job_added();
                DROP TRIGGER want_sigfox_callbacks_of_changed ON devices;
                DROP TRIGGER want_sigfox_callbacks_of_new ON devices;
                DROP FUNCTION want_sigfox_callbacks();
                DROP TRIGGER notify_sigfox_secret_changed ON sigfox_device_types;
                DROP FUNCTION notify_sigfox_secret_changed();
                DROP TRIGGER notify_device_changed ON devices;
                CREATE TRIGGER notify_device_changed
                    AFTER INSERT OR DELETE OR UPDATE OF application_id, api_key_hash, sigfox_id, sigfox_device_type_id ON devices
                    FOR EACH ROW EXECUTE FUNCTION notify_device_changed();
                ALTER TABLE received_messages DROP COLUMN is_recovered;
                """);

            migrationBuilder.DropTable(
                name: "sigfox_device_types");

            migrationBuilder.DropTable(
                name: "sigfox_job_items");

            migrationBuilder.DropTable(
                name: "sigfox_pauses");

            migrationBuilder.DropTable(
                name: "sigfox_receptions");

            migrationBuilder.DropTable(
                name: "sigfox_states");

            migrationBuilder.DropTable(
                name: "sigfox_jobs");

            migrationBuilder.DropColumn(
                name: "attempts",
                table: "downlinks");

            migrationBuilder.DropColumn(
                name: "sigfox_next_device_type_id",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "sigfox_registration",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "sigfox_registration_error",
                table: "devices");
        }
    }
}
