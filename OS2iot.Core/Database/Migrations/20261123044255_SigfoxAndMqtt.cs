using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <inheritdoc />
    public partial class SigfoxAndMqtt : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "sigfox_group_name",
                table: "sigfox_groups",
                type: "text",
                nullable: true);

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

            migrationBuilder.CreateIndex(
                name: "ix_devices_mqtt_username",
                table: "devices",
                column: "mqtt_username",
                unique: true,
                filter: "type = 'MQTT_INTERNAL_BROKER'");

            migrationBuilder.CreateIndex(
                name: "ix_device_authorities_generation",
                table: "device_authorities",
                column: "generation",
                unique: true);

            // Ingest forgets what it knew of a device: its id, the hash of its key and its id at Sigfox, each empty where there is none.
            migrationBuilder.Sql(
                """
                CREATE OR REPLACE FUNCTION notify_device_changed() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF TG_OP <> 'INSERT' THEN
                        PERFORM pg_notify('device_changed',
                            OLD.id || ' ' || coalesce(encode(OLD.api_key_hash, 'hex'), '') || coalesce(' ' || OLD.sigfox_id, ''));
                    END IF;
                    IF TG_OP <> 'DELETE' THEN
                        PERFORM pg_notify('device_changed',
                            NEW.id || ' ' || coalesce(encode(NEW.api_key_hash, 'hex'), '') || coalesce(' ' || NEW.sigfox_id, ''));
                    END IF;
                    RETURN NULL;
                END $$;
                DROP TRIGGER notify_device_changed ON devices;
                CREATE TRIGGER notify_device_changed
                    AFTER INSERT OR DELETE OR UPDATE OF application_id, api_key_hash, sigfox_id, sigfox_device_type_id ON devices
                    FOR EACH ROW EXECUTE FUNCTION notify_device_changed();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                CREATE OR REPLACE FUNCTION notify_device_changed() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF TG_OP <> 'INSERT' THEN
                        PERFORM pg_notify('device_changed', OLD.id || ' ' || coalesce(encode(OLD.api_key_hash, 'hex'), ''));
                    END IF;
                    IF TG_OP <> 'DELETE' THEN
                        PERFORM pg_notify('device_changed', NEW.id || ' ' || coalesce(encode(NEW.api_key_hash, 'hex'), ''));
                    END IF;
                    RETURN NULL;
                END $$;
                DROP TRIGGER notify_device_changed ON devices;
                CREATE TRIGGER notify_device_changed AFTER INSERT OR DELETE OR UPDATE OF application_id, api_key_hash ON devices
                    FOR EACH ROW EXECUTE FUNCTION notify_device_changed();
                """);

            migrationBuilder.DropTable(
                name: "device_authorities");

            migrationBuilder.DropIndex(
                name: "ix_devices_mqtt_username",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "sigfox_group_name",
                table: "sigfox_groups");
        }
    }
}
