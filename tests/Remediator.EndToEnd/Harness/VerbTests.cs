namespace Remediator.EndToEnd.Harness;

public sealed class VerbTests
{
    [Fact]
    public async Task WhatDidNotAnswer_IsAskedAgain_AndAnAnswerIsTakenAsItIs()
    {
        var answers = new Queue<(int, string)>(
        [
            (2, "The database remediator at 10.88.0.1:15773 does not answer. Is it overloaded, or the network down?"),
            (2, "There is no server at http://127.0.0.1:8642/: Connection refused"),
            (1, "NOT OK"),
        ]);

        Assert.Equal((1, "NOT OK"), await Verb.AnsweredAsync(["audit", "verify"], () => Task.FromResult(answers.Dequeue())));
    }

    [Theory]
    [InlineData(2, "/app/journal.jsonl cannot be written: Read-only file system")]
    [InlineData(2, "theirs may not approve in namespace team")]
    [InlineData(1, "sequence 7: the journal says that the database does not answer. Is it overloaded?")]
    [InlineData(0, "")]
    public void RefusalsAndFindings_AreAnswers(int code, string output) => Assert.False(Verb.IsUnanswered(code, output));

    [Fact]
    public void Sentences_AreThoseOfTheProgram()
    {
        var program = string.Concat(
            new[]
            {
                "Remediator.Journal/Postgres/PostgresFaults.cs", "Remediator.Journal/Sqlite/SqliteFaults.cs",
                "Remediator.Server/Verbs/ServerClient.cs",
            }.Select(file => File.ReadAllText(Path.Combine(ShippedImage.Repository, "src", file))));
        Assert.All(Verb.Unanswered, sentence => Assert.Contains(sentence, program, StringComparison.Ordinal));
    }
}
