namespace OS2iot.Core.Messaging.PostgreSql;

/// <summary>
/// The tables and functions of the log. One table per topic, cut into a segment per day so that old days are dropped, not deleted.
/// <para>
/// Segments are ranges of offsets, not of times: an offset is the day it was given on (days since 1970) in the upper bits and a
/// running number in the lower 40. So "offset > x" alone leaves out the days that were read, exactly and whatever the clocks said,
/// and every offset has a segment: the sequence moves to a day only once that day's segment is there. If nobody moves it, records
/// go on into the segment of the day before.
/// </para>
/// <para>
/// Offsets of a partition become visible in their order: an append holds the partition's advisory lock until its commit, and draws
/// offsets only under it. A reader that saw an offset has therefore seen every smaller one of that partition.
/// </para>
/// </summary>
public static class PostgreSqlLogSchema
{
    public const string Up =
        """
        CREATE TABLE log_topics (
            topic text PRIMARY KEY,
            table_name text NOT NULL UNIQUE,
            partitions smallint NOT NULL CHECK (partitions BETWEEN 1 AND 256)
        );

        -- Where each group is, and which reader has the partition until when. Written often: room on the page keeps updates out
        -- of the index.
        CREATE TABLE log_cursors (
            topic text NOT NULL REFERENCES log_topics,
            group_name text NOT NULL,
            partition smallint NOT NULL,
            position bigint NOT NULL DEFAULT 0,
            owner uuid,
            lease_until timestamptz,
            PRIMARY KEY (topic, group_name, partition)
        ) WITH (fillfactor = 40);

        CREATE TABLE log_members (
            topic text NOT NULL,
            group_name text NOT NULL,
            owner uuid NOT NULL,
            seen_at timestamptz NOT NULL,
            PRIMARY KEY (topic, group_name, owner)
        ) WITH (fillfactor = 40);

        -- Written by health checks: proof that a commit works.
        CREATE TABLE log_pings (id smallint PRIMARY KEY, pinged_at timestamptz NOT NULL) WITH (fillfactor = 40);
        INSERT INTO log_pings VALUES (1, now());

        -- What is acknowledged must be on disk, whatever the server's default is. Stricter settings (remote_apply) stay.
        CREATE FUNCTION log_commit_durably() RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN
                PERFORM set_config('synchronous_commit', 'on', true);
            END IF;
        END $$;

        CREATE FUNCTION log_ping() RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM log_commit_durably();
            UPDATE log_pings SET pinged_at = now();
        END $$;

        -- Makes room for a day. Attached rather than created in place, because that doesn't make appends wait.
        CREATE FUNCTION log_create_segment(in_topic text, day date) RETURNS boolean LANGUAGE plpgsql AS $$
        DECLARE
            parent text;
            segment text;
            first bigint := (day - DATE '1970-01-01')::bigint << 40;
        BEGIN
            SELECT table_name INTO STRICT parent FROM log_topics WHERE topic = in_topic FOR UPDATE;
            segment := parent || '_' || to_char(day, 'YYYYMMDD');
            IF to_regclass(quote_ident(segment)) IS NOT NULL THEN
                RETURN false;
            END IF;

            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', segment, parent);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', parent, segment, first, first + (1::bigint << 40));
            RETURN true;
        END $$;

        -- Lets appends go on into a day's segment. A step of its own: the jump can't be rolled back, so the segment has to be
        -- committed before. Never goes backwards, or offsets would be given twice.
        CREATE FUNCTION log_advance(in_topic text, day date) RETURNS boolean LANGUAGE plpgsql AS $$
        DECLARE
            parent text;
            latest bigint;
            first bigint := (day - DATE '1970-01-01')::bigint << 40;
        BEGIN
            SELECT table_name INTO STRICT parent FROM log_topics WHERE topic = in_topic FOR UPDATE;
            EXECUTE format('SELECT last_value FROM %I', parent || '_offsets') INTO latest;
            IF latest >= first OR to_regclass(quote_ident(parent || '_' || to_char(day, 'YYYYMMDD'))) IS NULL THEN
                RETURN false;
            END IF;

            PERFORM setval(quote_ident(parent || '_offsets')::regclass, first, false);
            RETURN true;
        END $$;

        -- The days of a topic that came before the one appended to now.
        CREATE FUNCTION log_old_segments(in_topic text) RETURNS SETOF date LANGUAGE plpgsql AS $$
        DECLARE
            parent text;
            latest bigint;
        BEGIN
            SELECT table_name INTO STRICT parent FROM log_topics WHERE topic = in_topic;
            EXECUTE format('SELECT last_value FROM %I', parent || '_offsets') INTO latest;
            RETURN QUERY
                SELECT d.day FROM (
                    SELECT to_date(right(c.relname, 8), 'YYYYMMDD') AS day
                    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                    WHERE i.inhparent = quote_ident(parent)::regclass AND c.relkind = 'r') d
                WHERE d.day - DATE '1970-01-01' < latest >> 40
                ORDER BY d.day;
        END $$;

        -- Drops an old day. Answers null when it did, '' when a record is younger than that, and otherwise the name of a group
        -- that has not read all of it.
        CREATE FUNCTION log_drop_segment(in_topic text, day date, retention interval) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
            parent text;
            segment text;
            count smallint;
            newest record;
            behind text;
        BEGIN
            SELECT table_name, partitions INTO STRICT parent, count FROM log_topics WHERE topic = in_topic;
            segment := parent || '_' || to_char(day, 'YYYYMMDD');

            -- Everybody comes through the parent, so nobody appends or reads between the look and the drop. Both are short;
            -- whoever can't have the lock at once leaves the day for the next time.
            PERFORM set_config('lock_timeout', '1s', true);
            EXECUTE format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', parent);
            FOR p IN 0 .. count - 1 LOOP
                EXECUTE format('SELECT "offset", appended_at FROM %I WHERE partition = $1 ORDER BY "offset" DESC LIMIT 1', segment)
                    INTO newest USING p::smallint;
                CONTINUE WHEN newest."offset" IS NULL;
                IF newest.appended_at > now() - retention THEN
                    RETURN '';
                END IF;

                -- A topic that nobody has read yet has readers to come: they were not started, or not yet.
                IF NOT EXISTS (SELECT FROM log_cursors c WHERE c.topic = in_topic) THEN
                    RETURN 'nobody yet';
                END IF;

                SELECT c.group_name INTO behind FROM log_cursors c
                WHERE c.topic = in_topic AND c.partition = p AND c.position < newest."offset" LIMIT 1;
                IF behind IS NOT NULL THEN
                    RETURN behind;
                END IF;
            END LOOP;

            EXECUTE format('DROP TABLE %I', segment);
            RETURN NULL;
        END $$;

        CREATE FUNCTION log_create_topic(in_topic text, in_partitions integer) RETURNS void LANGUAGE plpgsql AS $$
        DECLARE
            parent text := 'log_' || replace(in_topic, '-', '_');
            today date := (now() AT TIME ZONE 'UTC')::date;
        BEGIN
            INSERT INTO log_topics VALUES (in_topic, parent, in_partitions);
            EXECUTE format('CREATE SEQUENCE %I AS bigint CACHE 1', parent || '_offsets');
            EXECUTE format(
                'CREATE TABLE %I (
                    partition smallint NOT NULL,
                    "offset" bigint NOT NULL,
                    key text NOT NULL,
                    headers bytea NOT NULL,
                    value bytea NOT NULL,
                    appended_at timestamptz NOT NULL DEFAULT now(),
                    PRIMARY KEY (partition, "offset")
                ) PARTITION BY RANGE ("offset")', parent);
            PERFORM log_create_segment(in_topic, today);
            PERFORM log_create_segment(in_topic, today + 1);
            PERFORM log_advance(in_topic, today);

            -- One call and one message of the protocol: the server has all of it before it takes a lock, so a sender that
            -- vanishes half way never leaves one behind. The locks are taken in ascending order, against deadlocks, and in a
            -- statement before the one that draws offsets: drawn earlier, a smaller offset could become visible after a larger.
            EXECUTE format(
                'CREATE FUNCTION %I(in_partitions smallint[], in_keys text[], in_headers bytea[], in_values bytea[])
                RETURNS void LANGUAGE plpgsql AS $f$
                DECLARE
                    touched smallint;
                BEGIN
                    PERFORM log_commit_durably();
                    PERFORM set_config(''lock_timeout'', ''4s'', true);
                    FOR touched IN SELECT DISTINCT p FROM unnest(in_partitions) AS p ORDER BY p LOOP
                        PERFORM pg_advisory_xact_lock(%L::regclass::oid::integer, touched);
                    END LOOP;

                    INSERT INTO %I (partition, "offset", key, headers, value)
                    SELECT r.partition, nextval(%L), r.key, r.headers, r.value
                    FROM unnest(in_partitions, in_keys, in_headers, in_values) AS r(partition, key, headers, value);
                END $f$', parent || '_append', quote_ident(parent), parent, quote_ident(parent || '_offsets'));
        END $$;

        -- A reader says that it is there: renews what it has, takes free partitions up to its fair share, and hears what it owns.
        -- Only the server's clock counts. Losing any of this in a crash repeats records at most, so nothing waits for the disk.
        CREATE FUNCTION log_take(in_topic text, in_group text, in_owner uuid, lease interval)
        RETURNS TABLE (owned smallint, read_to bigint, fair integer) LANGUAGE plpgsql AS $$
        DECLARE
            total integer;
            members integer;
            mine integer;
        BEGIN
            PERFORM set_config('synchronous_commit', 'off', true);
            UPDATE log_members m SET seen_at = now() WHERE m.topic = in_topic AND m.group_name = in_group AND m.owner = in_owner;
            IF NOT FOUND THEN
                INSERT INTO log_members VALUES (in_topic, in_group, in_owner, now());
                INSERT INTO log_cursors (topic, group_name, partition)
                    SELECT in_topic, in_group, generate_series(0, t.partitions - 1) FROM log_topics t WHERE t.topic = in_topic
                    ON CONFLICT DO NOTHING;
                PERFORM pg_notify((SELECT t.table_name FROM log_topics t WHERE t.topic = in_topic), 'members');
            END IF;

            DELETE FROM log_members m WHERE m.ctid IN (
                SELECT s.ctid FROM log_members s
                WHERE s.topic = in_topic AND s.group_name = in_group AND s.seen_at < now() - lease FOR UPDATE SKIP LOCKED);

            SELECT count(*) INTO members FROM log_members m
                WHERE m.topic = in_topic AND m.group_name = in_group AND m.seen_at >= now() - lease;
            SELECT count(*) INTO total FROM log_cursors c WHERE c.topic = in_topic AND c.group_name = in_group;
            fair := (total + members - 1) / members;

            UPDATE log_cursors c SET lease_until = now() + lease
                WHERE c.topic = in_topic AND c.group_name = in_group AND c.owner = in_owner;
            GET DIAGNOSTICS mine = ROW_COUNT;

            IF mine < fair THEN
                UPDATE log_cursors c SET owner = in_owner, lease_until = now() + lease
                FROM (
                    SELECT f.partition FROM log_cursors f
                    WHERE f.topic = in_topic AND f.group_name = in_group AND (f.owner IS NULL OR f.lease_until < now())
                    ORDER BY f.partition LIMIT fair - mine FOR UPDATE SKIP LOCKED) free
                WHERE c.topic = in_topic AND c.group_name = in_group AND c.partition = free.partition;
            END IF;

            RETURN QUERY SELECT c.partition, c.position, fair FROM log_cursors c
                WHERE c.topic = in_topic AND c.group_name = in_group AND c.owner = in_owner;
        END $$;

        -- A reader says how far it is, and gives up the partitions marked so. Answers which of them really were its own.
        CREATE FUNCTION log_commit(
            in_topic text, in_group text, in_owner uuid, in_partitions smallint[], in_positions bigint[], in_released boolean[])
        RETURNS SETOF smallint LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM set_config('synchronous_commit', 'off', true);
            RETURN QUERY
                UPDATE log_cursors c SET
                    position = d.position,
                    owner = CASE WHEN d.released THEN NULL ELSE c.owner END,
                    lease_until = CASE WHEN d.released THEN NULL ELSE c.lease_until END
                FROM unnest(in_partitions, in_positions, in_released) AS d(partition, position, released)
                WHERE c.topic = in_topic AND c.group_name = in_group AND c.partition = d.partition AND c.owner = in_owner
                RETURNING c.partition;
            IF true = ANY (in_released) THEN
                PERFORM pg_notify((SELECT t.table_name FROM log_topics t WHERE t.topic = in_topic), 'members');
            END IF;
        END $$;

        -- A reader's last word.
        CREATE FUNCTION log_leave(in_topic text, in_group text, in_owner uuid) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM log_members m WHERE m.topic = in_topic AND m.group_name = in_group AND m.owner = in_owner;
            PERFORM pg_notify((SELECT t.table_name FROM log_topics t WHERE t.topic = in_topic), 'members');
        END $$;

        SELECT log_create_topic('uplinks', 8);
        SELECT log_create_topic('uplinks-decoded', 8);
        SELECT log_create_topic('network-events', 8);
        SELECT log_create_topic('downlinks', 8);
        """;

    public const string Down =
        """
        DROP FUNCTION log_leave(text, text, uuid);
        DROP FUNCTION log_commit(text, text, uuid, smallint[], bigint[], boolean[]);
        DROP FUNCTION log_take(text, text, uuid, interval);
        DO $$
        DECLARE
            parent text;
        BEGIN
            FOR parent IN SELECT table_name FROM log_topics LOOP
                EXECUTE format('DROP FUNCTION %I', parent || '_append');
                EXECUTE format('DROP TABLE %I', parent);
                EXECUTE format('DROP SEQUENCE %I', parent || '_offsets');
            END LOOP;
        END $$;
        DROP FUNCTION log_create_topic(text, integer);
        DROP FUNCTION log_drop_segment(text, date, interval);
        DROP FUNCTION log_old_segments(text);
        DROP FUNCTION log_advance(text, date);
        DROP FUNCTION log_create_segment(text, date);
        DROP FUNCTION log_ping();
        DROP FUNCTION log_commit_durably();
        DROP TABLE log_pings;
        DROP TABLE log_members;
        DROP TABLE log_cursors;
        DROP TABLE log_topics;
        """;
}
