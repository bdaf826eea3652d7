using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <summary>
    /// What keeps the columns up to date by which lists of devices are ordered, and the functions that find a piece of text in a
    /// name, which EF can't describe.
    /// </summary>
    public partial class DeviceListFunctions : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
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

                -- Not every database's lower() knows letters beyond a to z. Written out in each function rather than in one of its own:
                -- what stands in an index must find its way without a search path.
                CREATE FUNCTION name_pieces(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
                    SELECT coalesce(array_agg(DISTINCT substr(folded, place, 3)), '{}')
                    FROM (SELECT lower(translate(value, 'ÆØÅÄÖÜÉÈÁÓÍÚÐÞ', 'æøåäöüéèáóíúðþ')) AS folded) f, generate_series(1, length(folded) - 2) place
                $$;
                CREATE FUNCTION name_contains(name text, piece text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
                    SELECT strpos(
                        lower(translate(name, 'ÆØÅÄÖÜÉÈÁÓÍÚÐÞ', 'æøåäöüéèáóíúðþ')), lower(translate(piece, 'ÆØÅÄÖÜÉÈÁÓÍÚÐÞ', 'æøåäöüéèáóíúðþ'))) > 0
                $$;
                CREATE FUNCTION name_may_contain(name text, piece text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
                    SELECT name_pieces(name) @> name_pieces(piece)
                $$;
                CREATE INDEX ix_devices_name_pieces ON devices USING gin (name_pieces(name));
                """);
        }

        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP INDEX ix_devices_name_pieces;
                DROP FUNCTION name_may_contain(text, text);
                DROP FUNCTION name_contains(text, text);
                DROP FUNCTION name_pieces(text);
                DROP TRIGGER count_device_connections_gone ON data_target_connection_devices;
                DROP TRIGGER count_device_connections_made ON data_target_connection_devices;
                DROP FUNCTION count_device_connections();
                DROP TRIGGER move_device_state ON devices;
                DROP FUNCTION move_device_state();
                DROP TRIGGER fill_device_state_application ON device_states;
                DROP FUNCTION fill_device_state_application();
                """);
        }
    }
}
