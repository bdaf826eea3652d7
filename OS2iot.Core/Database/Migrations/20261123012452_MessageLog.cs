using Microsoft.EntityFrameworkCore.Migrations;
using OS2iot.Core.Messaging.PostgreSql;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <summary>The tables of the log, for installations without Kafka.</summary>
    public partial class MessageLog : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(PostgreSqlLogSchema.Up);

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(PostgreSqlLogSchema.Down);
    }
}
