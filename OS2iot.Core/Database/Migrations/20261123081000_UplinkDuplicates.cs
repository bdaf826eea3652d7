using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <summary>Which reception of a message that came with its network's own id counts; the pipeline's, so EF does not know it.</summary>
    [DbContext(typeof(AppDbContext))]
    [Migration("20261123081000_UplinkDuplicates")]
    public partial class UplinkDuplicates : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                CREATE TABLE uplink_firsts (
                    message_id uuid PRIMARY KEY,
                    received_at timestamptz NOT NULL
                );
                CREATE INDEX ix_uplink_firsts_received_at ON uplink_firsts (received_at);
                """);
        }

        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TABLE uplink_firsts;");
        }
    }
}
