using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <summary>
    /// What a LoRaWAN network tells: a device's state; events and receptions, in tables that the pipeline writes in bulk and that are dropped
    /// by day; and the notice by which Ingest learns of a LoRaWAN device's change.
    /// </summary>
    public partial class LoRaWan : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "battery_level",
                table: "device_states");

            migrationBuilder.DropColumn(
                name: "link_margin",
                table: "device_states");

            migrationBuilder.CreateTable(
                name: "lorawan_states",
                columns: table => new
                {
                    device_id = table.Column<int>(type: "integer", nullable: false),
                    joined_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    dev_addr = table.Column<string>(type: "text", nullable: true),
                    status_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    battery_level = table.Column<double>(type: "double precision", nullable: true),
                    has_external_power = table.Column<bool>(type: "boolean", nullable: true),
                    link_margin = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lorawan_states", x => x.device_id);
                    table.ForeignKey(
                        name: "fk_lorawan_states_lo_ra_wan_devices_device_id",
                        column: x => x.device_id,
                        principalTable: "devices",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.Sql(
                """
                CREATE TABLE network_events (
                    id uuid NOT NULL,
                    received_at timestamptz NOT NULL,
                    kind text NOT NULL,
                    device_id integer,
                    gateway_id integer,
                    sent_at timestamptz,
                    deduplication_id text NOT NULL,
                    payload bytea NOT NULL,
                    PRIMARY KEY (received_at, id)
                ) PARTITION BY RANGE (received_at);
                CREATE INDEX ix_network_events_device ON network_events (device_id, received_at DESC, id DESC) WHERE device_id IS NOT NULL;
                CREATE INDEX ix_network_events_gateway ON network_events (gateway_id, received_at DESC, id DESC) WHERE gateway_id IS NOT NULL;
                CREATE INDEX ix_network_events_deduplication ON network_events (deduplication_id, received_at);
                CREATE TABLE network_events_default PARTITION OF network_events DEFAULT;

                CREATE TABLE receptions (
                    message_id uuid NOT NULL,
                    received_at timestamptz NOT NULL,
                    device_id integer NOT NULL,
                    gateway_eui text NOT NULL,
                    rssi double precision,
                    snr double precision,
                    dr integer,
                    spreading_factor integer,
                    frequency bigint,
                    f_cnt bigint,
                    PRIMARY KEY (received_at, message_id, gateway_eui)
                ) PARTITION BY RANGE (received_at);
                CREATE INDEX ix_receptions_device ON receptions (device_id, received_at DESC);
                CREATE INDEX ix_receptions_gateway ON receptions (gateway_eui, received_at DESC, message_id DESC);
                CREATE TABLE receptions_default PARTITION OF receptions DEFAULT;

                -- Creates the partitions of the given days that are not there yet, as create_history_partitions does.
                CREATE FUNCTION create_day_partitions(parent text, first_day date, last_day date) RETURNS integer LANGUAGE plpgsql AS $$
                DECLARE
                    day date;
                    created integer := 0;
                BEGIN
                    FOR day IN SELECT generate_series(first_day, last_day, interval '1 day')::date LOOP
                        IF to_regclass(parent || '_' || to_char(day, 'YYYYMMDD')) IS NULL THEN
                            BEGIN
                                EXECUTE format(
                                    'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                                    parent || '_' || to_char(day, 'YYYYMMDD'), parent,
                                    day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
                                created := created + 1;
                            EXCEPTION WHEN check_violation THEN
                                RAISE WARNING 'What came on % stays in the default partition of %.', day, parent;
                            END;
                        END IF;
                    END LOOP;
                    RETURN created;
                END $$;

                CREATE FUNCTION drop_day_partitions(parent text, before_day date) RETURNS integer LANGUAGE plpgsql AS $$
                DECLARE
                    child record;
                    dropped integer := 0;
                BEGIN
                    FOR child IN
                        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
                        WHERE p.relname = parent AND p.relkind = 'p'
                          AND c.relname ~ '_[0-9]{8}$' AND to_date(right(c.relname, 8), 'YYYYMMDD') < before_day
                    LOOP
                        EXECUTE format('DROP TABLE %I', child.relname);
                        dropped := dropped + 1;
                    END LOOP;
                    EXECUTE format('DELETE FROM %I WHERE received_at < $1', parent || '_default') USING before_day::timestamp AT TIME ZONE 'UTC';
                    RETURN dropped;
                END $$;

                SELECT create_day_partitions(t, (now() AT TIME ZONE 'UTC')::date - 1, (now() AT TIME ZONE 'UTC')::date + 3)
                FROM unnest(ARRAY['network_events', 'receptions']) t;

                -- What is known of a device or gateway goes with it.
                CREATE FUNCTION delete_device_events() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    DELETE FROM network_events WHERE device_id = OLD.id;
                    DELETE FROM receptions WHERE device_id = OLD.id;
                    RETURN NULL;
                END $$;
                CREATE TRIGGER delete_device_events AFTER DELETE ON devices
                    FOR EACH ROW WHEN (OLD.dev_eui IS NOT NULL) EXECUTE FUNCTION delete_device_events();
                CREATE FUNCTION delete_gateway_events() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    DELETE FROM network_events WHERE gateway_id = OLD.id;
                    RETURN NULL;
                END $$;
                CREATE TRIGGER delete_gateway_events AFTER DELETE ON gateways FOR EACH ROW EXECUTE FUNCTION delete_gateway_events();

                -- Ingest forgets what it knew of a LoRaWAN device, as of others by notify_device_changed.
                CREATE FUNCTION notify_dev_eui_changed() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF TG_OP <> 'INSERT' AND OLD.dev_eui IS NOT NULL THEN
                        PERFORM pg_notify('device_changed', OLD.id || ' deveui:' || OLD.dev_eui);
                    END IF;
                    IF TG_OP <> 'DELETE' AND NEW.dev_eui IS NOT NULL THEN
                        PERFORM pg_notify('device_changed', NEW.id || ' deveui:' || NEW.dev_eui);
                    END IF;
                    RETURN NULL;
                END $$;
                CREATE TRIGGER notify_dev_eui_changed AFTER INSERT OR DELETE OR UPDATE OF application_id, dev_eui ON devices
                    FOR EACH ROW EXECUTE FUNCTION notify_dev_eui_changed();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP TRIGGER notify_dev_eui_changed ON devices;
                DROP FUNCTION notify_dev_eui_changed();
                DROP TRIGGER delete_gateway_events ON gateways;
                DROP FUNCTION delete_gateway_events();
                DROP TRIGGER delete_device_events ON devices;
                DROP FUNCTION delete_device_events();
                DROP FUNCTION drop_day_partitions(text, date);
                DROP FUNCTION create_day_partitions(text, date, date);
                DROP TABLE receptions;
                DROP TABLE network_events;
                """);

            migrationBuilder.DropTable(
                name: "lorawan_states");

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
        }
    }
}
