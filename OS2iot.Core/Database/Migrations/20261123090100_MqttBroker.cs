using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <inheritdoc />
    public partial class MqttBroker : Migration
    {
        // By the database, so that nothing is missed: devices go with their applications and organizations too.
        private const string Follow =
            """
            CREATE FUNCTION follow_mqtt_device() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP <> 'INSERT' AND OLD.type = 'MQTT_INTERNAL_BROKER' THEN
                    IF OLD.mqtt_username IS NOT NULL AND (TG_OP = 'DELETE' OR NEW.mqtt_username IS DISTINCT FROM OLD.mqtt_username) THEN
                        INSERT INTO sync_changes (system, kind, key, is_removal) VALUES ('mosquitto', 'account', OLD.mqtt_username, true);
                    END IF;
                    IF TG_OP = 'DELETE' OR (OLD.mqtt_authentication = 'Certificate' AND NEW.mqtt_authentication <> 'Certificate') THEN
                        UPDATE issued_certificates SET revoked_at = now()
                        WHERE device_id = OLD.id AND not_after > now() AND (revoked_at IS NULL OR revoked_at > now());
                        IF FOUND THEN
                            INSERT INTO sync_changes (system, kind, key) VALUES ('mosquitto', 'trust', 'certificates');
                        END IF;
                    END IF;
                END IF;
                IF TG_OP <> 'DELETE' AND NEW.type = 'MQTT_INTERNAL_BROKER' AND NEW.mqtt_username IS NOT NULL THEN
                    INSERT INTO sync_changes (system, kind, key, organization_id)
                    SELECT 'mosquitto', 'account', NEW.mqtt_username, a.organization_id FROM applications a WHERE a.id = NEW.application_id;
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER follow_mqtt_device
                AFTER INSERT OR DELETE OR UPDATE OF
                    application_id, mqtt_username, mqtt_password_ciphertext, mqtt_authentication, mqtt_topic_name, device_certificate
                ON devices FOR EACH ROW EXECUTE FUNCTION follow_mqtt_device();
            """;

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "issued_certificates",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    device_id = table.Column<int>(type: "integer", nullable: false),
                    generation = table.Column<int>(type: "integer", nullable: false),
                    serial = table.Column<string>(type: "text", nullable: false),
                    not_after = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_issued_certificates", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_issued_certificates_device_id",
                table: "issued_certificates",
                column: "device_id");

            migrationBuilder.CreateIndex(
                name: "ix_issued_certificates_revoked_at",
                table: "issued_certificates",
                column: "revoked_at",
                filter: "revoked_at IS NOT NULL");
            migrationBuilder.Sql(Follow);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TRIGGER follow_mqtt_device ON devices; DROP FUNCTION follow_mqtt_device();");
            migrationBuilder.DropTable(
                name: "issued_certificates");
        }
    }
}
