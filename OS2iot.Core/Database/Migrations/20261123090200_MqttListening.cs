using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <summary>Subscriptions at others' brokers: their state, who holds them, and who is told when they change.</summary>
    public partial class MqttListening : Migration
    {
        private const string Notices =
            """
            -- Instances of Ingest that are alive. Who holds which connection follows from the list.
            CREATE TABLE ingest_instances (
                id uuid PRIMARY KEY,
                alive_until timestamptz NOT NULL
            );

            -- The device's id; 0 where many may have changed. What the connection itself writes is no change of the settings.
            CREATE FUNCTION notify_mqtt_subscription_changed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('mqtt_subscription_changed', coalesce(NEW.id, OLD.id)::text);
                RETURN NULL;
            END $$;
            CREATE TRIGGER notify_mqtt_subscription_made AFTER INSERT ON devices
                FOR EACH ROW WHEN (NEW.type = 'MQTT_EXTERNAL_BROKER') EXECUTE FUNCTION notify_mqtt_subscription_changed();
            CREATE TRIGGER notify_mqtt_subscription_gone AFTER DELETE ON devices
                FOR EACH ROW WHEN (OLD.type = 'MQTT_EXTERNAL_BROKER') EXECUTE FUNCTION notify_mqtt_subscription_changed();
            CREATE TRIGGER notify_mqtt_subscription_changed
                AFTER UPDATE OF application_id, mqtt_url, mqtt_port, mqtt_topic_name, mqtt_qos, mqtt_authentication, mqtt_username,
                    mqtt_password_ciphertext, ca_certificate, device_certificate, device_certificate_key_ciphertext, invalid_mqtt_config
                ON devices
                FOR EACH ROW WHEN (NEW.type = 'MQTT_EXTERNAL_BROKER') EXECUTE FUNCTION notify_mqtt_subscription_changed();

            -- An application that goes to another organization takes its devices with it.
            CREATE FUNCTION notify_application_moved() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('device_changed', '0 *');
                PERFORM pg_notify('mqtt_subscription_changed', '0');
                RETURN NULL;
            END $$;
            CREATE TRIGGER notify_application_moved AFTER UPDATE OF organization_id ON applications
                FOR EACH ROW WHEN (OLD.organization_id <> NEW.organization_id) EXECUTE FUNCTION notify_application_moved();
            """;

        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "mqtt_connection_since",
                table: "devices",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "mqtt_connection_state",
                table: "devices",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "mqtt_qos",
                table: "devices",
                type: "integer",
                nullable: true,
                defaultValue: 1);

            migrationBuilder.Sql(Notices);
        }

        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP TRIGGER notify_application_moved ON applications;
                DROP FUNCTION notify_application_moved();
                DROP TRIGGER notify_mqtt_subscription_changed ON devices;
                DROP TRIGGER notify_mqtt_subscription_gone ON devices;
                DROP TRIGGER notify_mqtt_subscription_made ON devices;
                DROP FUNCTION notify_mqtt_subscription_changed();
                DROP TABLE ingest_instances;
                """);

            migrationBuilder.DropColumn(
                name: "mqtt_connection_since",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "mqtt_connection_state",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "mqtt_qos",
                table: "devices");
        }
    }
}
