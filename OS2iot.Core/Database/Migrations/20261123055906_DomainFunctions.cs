using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <summary>What EF can't describe of the domain: triggers, functions, and indexes on what functions answer.</summary>
    public partial class DomainFunctions : Migration
    {
        // Rows older than a year may go, or the table would grow for ever.
        private const string AppendOnlyAudit =
            """
            CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' AND OLD.at < now() - interval '1 year' THEN
                    RETURN OLD;
                END IF;
                RAISE EXCEPTION 'audit_entries is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
            END $$;
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
            CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
            """;

        // Ingest forgets what it knew of a device: its id, the hash of its key and its id at Sigfox, each empty where there is none.
        private const string NoticesOfDevices =
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
            """;

        private const string StatesAndConnections =
            """
            -- The state of a device knows the device's application. Who writes states in bulk tells it; for others it is looked up.
            CREATE FUNCTION fill_device_state_application() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.application_id := coalesce((SELECT application_id FROM devices WHERE id = NEW.device_id), 0);
                RETURN NEW;
            END $$;
            CREATE TRIGGER fill_device_state_application BEFORE INSERT ON device_states
                FOR EACH ROW WHEN (NEW.application_id = 0) EXECUTE FUNCTION fill_device_state_application();
            CREATE FUNCTION move_device_state() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE device_states SET application_id = NEW.application_id WHERE device_id = NEW.id;
                RETURN NULL;
            END $$;
            CREATE TRIGGER move_device_state AFTER UPDATE OF application_id ON devices
                FOR EACH ROW WHEN (OLD.application_id <> NEW.application_id) EXECUTE FUNCTION move_device_state();
            UPDATE device_states s SET application_id = d.application_id FROM devices d WHERE d.id = s.device_id;

            -- Rows are locked in one order, so that two who connect the same devices can't wait for each other.
            CREATE FUNCTION count_device_connections() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM 1 FROM devices WHERE id IN (SELECT device_id FROM changed) ORDER BY id FOR NO KEY UPDATE;
                UPDATE devices d SET connection_count = d.connection_count + c.difference
                FROM (SELECT device_id, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END AS difference FROM changed GROUP BY device_id) c
                WHERE d.id = c.device_id;
                RETURN NULL;
            END $$;
            CREATE TRIGGER count_device_connections_made AFTER INSERT ON data_target_connection_devices
                REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_device_connections();
            CREATE TRIGGER count_device_connections_gone AFTER DELETE ON data_target_connection_devices
                REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_device_connections();
            UPDATE devices d SET connection_count = c.number
            FROM (SELECT device_id, count(*) AS number FROM data_target_connection_devices GROUP BY device_id) c WHERE c.device_id = d.id;
            """;

        private const string CountsAndNames =
            """
            -- Rows are locked in one order, so that two who write to the same applications can't wait for each other.
            CREATE FUNCTION count_application_devices() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM 1 FROM applications WHERE id IN (SELECT application_id FROM changed) ORDER BY id FOR NO KEY UPDATE;
                UPDATE applications a SET device_count = a.device_count + c.difference
                FROM (SELECT application_id, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END AS difference FROM changed GROUP BY 1) c
                WHERE a.id = c.application_id;
                RETURN NULL;
            END $$;
            CREATE TRIGGER count_application_devices_made AFTER INSERT ON devices
                REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_application_devices();
            CREATE TRIGGER count_application_devices_gone AFTER DELETE ON devices
                REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_application_devices();
            CREATE FUNCTION count_moved_device() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM 1 FROM applications WHERE id IN (OLD.application_id, NEW.application_id) ORDER BY id FOR NO KEY UPDATE;
                UPDATE applications SET device_count = device_count + CASE id WHEN NEW.application_id THEN 1 ELSE -1 END
                WHERE id IN (OLD.application_id, NEW.application_id);
                RETURN NULL;
            END $$;
            CREATE TRIGGER count_moved_device AFTER UPDATE OF application_id ON devices
                FOR EACH ROW WHEN (OLD.application_id <> NEW.application_id) EXECUTE FUNCTION count_moved_device();
            UPDATE applications a SET device_count = c.number
            FROM (SELECT application_id, count(*) AS number FROM devices GROUP BY 1) c WHERE c.application_id = a.id;

            -- A common piece of a name is found by walking through the newest devices, for which all that is asked stands in one index;
            -- a rare one by its parts of one, two and three letters. The folding is written out where an index or a column hangs on
            -- it: that must find its way without a search path.
            CREATE FUNCTION name_folded(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
                SELECT lower(translate(value, 'ÆØÅÄÖÜÉÈÁÓÍÚÐÞ', 'æøåäöüéèáóíúðþ'))
            $$;
            ALTER TABLE devices ADD COLUMN name_folded text
                GENERATED ALWAYS AS (lower(translate(name, 'ÆØÅÄÖÜÉÈÁÓÍÚÐÞ', 'æøåäöüéèáóíúðþ'))) STORED;
            CREATE INDEX ix_devices_newest_names ON devices (updated_at, id) INCLUDE (application_id, name_folded);
            CREATE FUNCTION name_pieces(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
                SELECT coalesce(array_agg(DISTINCT substr(value, place, size)), '{}')
                FROM generate_series(1, 3) size, generate_series(1, length(value) - size + 1) place
            $$;
            CREATE FUNCTION name_longest_pieces(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
                SELECT coalesce(array_agg(DISTINCT substr(value, place, 3)), '{}') FROM generate_series(1, greatest(length(value) - 2, 1)) place
            $$;
            CREATE INDEX ix_devices_name_pieces ON devices USING gin (name_pieces(name_folded));
            CREATE FUNCTION name_contains(name text, piece text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
                SELECT strpos(
                    lower(translate(name, 'ÆØÅÄÖÜÉÈÁÓÍÚÐÞ', 'æøåäöüéèáóíúðþ')), lower(translate(piece, 'ÆØÅÄÖÜÉÈÁÓÍÚÐÞ', 'æøåäöüéèáóíúðþ'))) > 0
            $$;
            """;

        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(AppendOnlyAudit);

            // Case is no difference between the names of profiles.
            migrationBuilder.Sql("CREATE UNIQUE INDEX ix_device_profiles_lower_name ON device_profiles (lower(name));");
            migrationBuilder.Sql(NoticesOfDevices);
            migrationBuilder.Sql(StatesAndConnections);
            migrationBuilder.Sql(CountsAndNames);
        }

        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP INDEX ix_devices_name_pieces;
                DROP INDEX ix_devices_newest_names;
                ALTER TABLE devices DROP COLUMN name_folded;
                DROP FUNCTION name_contains(text, text);
                DROP FUNCTION name_longest_pieces(text);
                DROP FUNCTION name_pieces(text);
                DROP FUNCTION name_folded(text);
                DROP TRIGGER count_moved_device ON devices;
                DROP FUNCTION count_moved_device();
                DROP TRIGGER count_application_devices_gone ON devices;
                DROP TRIGGER count_application_devices_made ON devices;
                DROP FUNCTION count_application_devices();
                DROP TRIGGER count_device_connections_gone ON data_target_connection_devices;
                DROP TRIGGER count_device_connections_made ON data_target_connection_devices;
                DROP FUNCTION count_device_connections();
                DROP TRIGGER move_device_state ON devices;
                DROP FUNCTION move_device_state();
                DROP TRIGGER fill_device_state_application ON device_states;
                DROP FUNCTION fill_device_state_application();
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
                DROP INDEX ix_device_profiles_lower_name;
                DROP TRIGGER append_only_truncate ON audit_entries;
                DROP TRIGGER append_only ON audit_entries;
                DROP FUNCTION refuse_audit_change();
                """);
        }
    }
}
