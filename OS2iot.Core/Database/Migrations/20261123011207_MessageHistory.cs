using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <summary>
    /// The tables that the pipeline writes in bulk, which EF can't describe: partitioned by day of receipt, so that old days are
    /// dropped instead of deleted. And the notices by which caches learn of changes within a moment.
    /// </summary>
    public partial class MessageHistory : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                CREATE TABLE received_messages (
                    id uuid NOT NULL,
                    received_at timestamptz NOT NULL,
                    number bigint GENERATED ALWAYS AS IDENTITY,
                    device_id integer NOT NULL,
                    organization_id integer NOT NULL,
                    network text NOT NULL,
                    sent_at timestamptz,
                    f_port integer,
                    f_cnt bigint,
                    rssi double precision,
                    snr double precision,
                    payload bytea NOT NULL,
                    PRIMARY KEY (received_at, id)
                ) PARTITION BY RANGE (received_at);
                CREATE INDEX ix_received_messages_device ON received_messages (device_id, received_at DESC, id DESC);
                CREATE TABLE received_messages_default PARTITION OF received_messages DEFAULT;

                CREATE TABLE decoded_messages (
                    message_id uuid NOT NULL,
                    received_at timestamptz NOT NULL,
                    device_id integer NOT NULL,
                    payload_decoder_id integer NOT NULL,
                    payload_decoder_version integer NOT NULL,
                    decoded_at timestamptz NOT NULL,
                    payload bytea,
                    error text,
                    PRIMARY KEY (received_at, message_id, payload_decoder_id)
                ) PARTITION BY RANGE (received_at);
                CREATE INDEX ix_decoded_messages_device ON decoded_messages (device_id, received_at DESC);
                CREATE TABLE decoded_messages_default PARTITION OF decoded_messages DEFAULT;

                CREATE TABLE delivery_attempts (
                    message_id uuid NOT NULL,
                    received_at timestamptz NOT NULL,
                    device_id integer NOT NULL,
                    connection_id integer NOT NULL,
                    data_target_id integer NOT NULL,
                    payload_decoder_id integer,
                    attempt integer NOT NULL,
                    attempted_at timestamptz NOT NULL,
                    duration_ms integer NOT NULL,
                    outcome integer NOT NULL,
                    status_code integer,
                    error text,
                    PRIMARY KEY (received_at, message_id, connection_id, attempted_at)
                ) PARTITION BY RANGE (received_at);
                CREATE INDEX ix_delivery_attempts_target ON delivery_attempts (data_target_id, attempted_at DESC);
                CREATE TABLE delivery_attempts_default PARTITION OF delivery_attempts DEFAULT;

                -- Written for every message: room on the page keeps the updates out of the indexes' way.
                ALTER TABLE device_states SET (fillfactor = 70);

                -- Creates the partitions of the given days that are not there yet. A row that came before its partition waits in
                -- the default one, where the day then stays until it is old.
                CREATE FUNCTION create_history_partitions(first_day date, last_day date) RETURNS integer LANGUAGE plpgsql AS $$
                DECLARE
                    parent text;
                    day date;
                    created integer := 0;
                BEGIN
                    FOREACH parent IN ARRAY ARRAY['received_messages', 'decoded_messages', 'delivery_attempts'] LOOP
                        FOR day IN SELECT generate_series(first_day, last_day, interval '1 day')::date LOOP
                            IF to_regclass(parent || '_' || to_char(day, 'YYYYMMDD')) IS NULL THEN
                                BEGIN
                                    EXECUTE format(
                                        'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                                        parent || '_' || to_char(day, 'YYYYMMDD'), parent,
                                        day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
                                    created := created + 1;
                                EXCEPTION WHEN check_violation THEN
                                    RAISE WARNING 'Messages of % stay in the default partition of %.', day, parent;
                                END;
                            END IF;
                        END LOOP;
                    END LOOP;
                    RETURN created;
                END $$;

                -- Drops the days before the given one; returns how many partitions went.
                CREATE FUNCTION drop_history_partitions(before_day date) RETURNS integer LANGUAGE plpgsql AS $$
                DECLARE
                    child record;
                    dropped integer := 0;
                BEGIN
                    FOR child IN
                        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
                        WHERE p.relname IN ('received_messages', 'decoded_messages', 'delivery_attempts') AND p.relkind = 'p'
                          AND c.relname ~ '_[0-9]{8}$' AND to_date(right(c.relname, 8), 'YYYYMMDD') < before_day
                    LOOP
                        EXECUTE format('DROP TABLE %I', child.relname);
                        dropped := dropped + 1;
                    END LOOP;
                    DELETE FROM received_messages_default WHERE received_at < before_day::timestamp AT TIME ZONE 'UTC';
                    DELETE FROM decoded_messages_default WHERE received_at < before_day::timestamp AT TIME ZONE 'UTC';
                    DELETE FROM delivery_attempts_default WHERE received_at < before_day::timestamp AT TIME ZONE 'UTC';
                    RETURN dropped;
                END $$;

                SELECT create_history_partitions((now() AT TIME ZONE 'UTC')::date - 1, (now() AT TIME ZONE 'UTC')::date + 3);

                -- A device's history goes with the device.
                CREATE FUNCTION delete_device_history() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    DELETE FROM received_messages WHERE device_id = OLD.id;
                    DELETE FROM decoded_messages WHERE device_id = OLD.id;
                    DELETE FROM delivery_attempts WHERE device_id = OLD.id;
                    DELETE FROM deliveries WHERE device_id = OLD.id;
                    RETURN NULL;
                END $$;
                CREATE INDEX ix_delivery_attempts_device ON delivery_attempts (device_id, received_at DESC);
                CREATE TRIGGER delete_device_history AFTER DELETE ON devices FOR EACH ROW EXECUTE FUNCTION delete_device_history();

                -- Ingest forgets what it knew of a device: its id, and the hash of the key that now is, or no longer is, its own.
                CREATE FUNCTION notify_device_changed() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF TG_OP <> 'INSERT' THEN
                        PERFORM pg_notify('device_changed', OLD.id || ' ' || coalesce(encode(OLD.api_key_hash, 'hex'), ''));
                    END IF;
                    IF TG_OP <> 'DELETE' THEN
                        PERFORM pg_notify('device_changed', NEW.id || ' ' || coalesce(encode(NEW.api_key_hash, 'hex'), ''));
                    END IF;
                    RETURN NULL;
                END $$;
                CREATE TRIGGER notify_device_changed AFTER INSERT OR DELETE OR UPDATE OF application_id, api_key_hash ON devices
                    FOR EACH ROW EXECUTE FUNCTION notify_device_changed();

                -- Workers read the routing (connections, decoders, targets) again. One notice per transaction is enough, and
                -- PostgreSQL folds equal ones.
                CREATE FUNCTION notify_routing_changed() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_notify('routing_changed', '');
                    RETURN NULL;
                END $$;
                CREATE TRIGGER notify_routing_changed AFTER INSERT OR UPDATE OR DELETE ON data_target_connections
                    FOR EACH STATEMENT EXECUTE FUNCTION notify_routing_changed();
                CREATE TRIGGER notify_routing_changed AFTER INSERT OR UPDATE OR DELETE ON data_target_connection_devices
                    FOR EACH STATEMENT EXECUTE FUNCTION notify_routing_changed();
                CREATE TRIGGER notify_routing_changed AFTER UPDATE OR DELETE ON data_targets
                    FOR EACH STATEMENT EXECUTE FUNCTION notify_routing_changed();
                CREATE TRIGGER notify_routing_changed AFTER UPDATE OR DELETE ON payload_decoders
                    FOR EACH STATEMENT EXECUTE FUNCTION notify_routing_changed();
                CREATE TRIGGER notify_routing_changed AFTER UPDATE ON devices
                    FOR EACH STATEMENT EXECUTE FUNCTION notify_routing_changed();
                """);
        }

        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP TRIGGER notify_routing_changed ON devices;
                DROP TRIGGER notify_routing_changed ON payload_decoders;
                DROP TRIGGER notify_routing_changed ON data_targets;
                DROP TRIGGER notify_routing_changed ON data_target_connection_devices;
                DROP TRIGGER notify_routing_changed ON data_target_connections;
                DROP TRIGGER notify_device_changed ON devices;
                DROP TRIGGER delete_device_history ON devices;
                DROP FUNCTION notify_routing_changed();
                DROP FUNCTION notify_device_changed();
                DROP FUNCTION delete_device_history();
                DROP FUNCTION drop_history_partitions(date);
                DROP FUNCTION create_history_partitions(date, date);
                DROP TABLE delivery_attempts;
                DROP TABLE decoded_messages;
                DROP TABLE received_messages;
                """);
        }
    }
}
