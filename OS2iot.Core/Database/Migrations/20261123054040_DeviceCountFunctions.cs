using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <summary>Counts the devices of each application, and finds pieces of their names by indexes that EF can't describe.</summary>
    public partial class DeviceCountFunctions : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
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
                DROP INDEX ix_devices_name_pieces;
                DROP FUNCTION name_may_contain(text, text);
                CREATE FUNCTION name_folded(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
                    SELECT lower(translate(value, 'ÆØÅÄÖÜÉÈÁÓÍÚÐÞ', 'æøåäöüéèáóíúðþ'))
                $$;
                ALTER TABLE devices ADD COLUMN name_folded text
                    GENERATED ALWAYS AS (lower(translate(name, 'ÆØÅÄÖÜÉÈÁÓÍÚÐÞ', 'æøåäöüéèáóíúðþ'))) STORED;
                CREATE INDEX ix_devices_newest_names ON devices (updated_at, id) INCLUDE (application_id, name_folded);
                CREATE OR REPLACE FUNCTION name_pieces(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
                    SELECT coalesce(array_agg(DISTINCT substr(value, place, size)), '{}')
                    FROM generate_series(1, 3) size, generate_series(1, length(value) - size + 1) place
                $$;
                CREATE FUNCTION name_longest_pieces(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
                    SELECT coalesce(array_agg(DISTINCT substr(value, place, 3)), '{}') FROM generate_series(1, greatest(length(value) - 2, 1)) place
                $$;
                CREATE INDEX ix_devices_name_pieces ON devices USING gin (name_pieces(name_folded));
                """);
        }

        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP INDEX ix_devices_name_pieces;
                DROP FUNCTION name_longest_pieces(text);
                DROP INDEX ix_devices_newest_names;
                ALTER TABLE devices DROP COLUMN name_folded;
                DROP FUNCTION name_folded(text);
                CREATE OR REPLACE FUNCTION name_pieces(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
                    SELECT coalesce(array_agg(DISTINCT substr(folded, place, 3)), '{}')
                    FROM (SELECT lower(translate(value, 'ÆØÅÄÖÜÉÈÁÓÍÚÐÞ', 'æøåäöüéèáóíúðþ')) AS folded) f, generate_series(1, length(folded) - 2) place
                $$;
                CREATE FUNCTION name_may_contain(name text, piece text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
                    SELECT name_pieces(name) @> name_pieces(piece)
                $$;
                CREATE INDEX ix_devices_name_pieces ON devices USING gin (name_pieces(name));
                DROP TRIGGER count_moved_device ON devices;
                DROP FUNCTION count_moved_device();
                DROP TRIGGER count_application_devices_gone ON devices;
                DROP TRIGGER count_application_devices_made ON devices;
                DROP FUNCTION count_application_devices();
                """);
        }
    }
}
