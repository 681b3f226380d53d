using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ansatz;

/// <summary>Erases the texts of a study from its journal and keeps the numbers: what a person may have to do with data that must not be kept.</summary>
/// <remarks>
/// Erased are candidates, questions, replies, outputs, feedback, traces, raw texts of rejected outcomes, and the settings, which hold the user's prompt. Kept are scores, costs,
/// items by number and by hash, arms, and the verdict. The study can be shown afterwards and never goes on.
/// </remarks>
public static class Forgetting
{
    /// <summary>Erases the texts of a study. Their bytes are overwritten in the file; backups and copies are the user's to find.</summary>
    /// <param name="journal">The journal, opened to write.</param>
    /// <param name="study">The study.</param>
    /// <exception cref="InputException">A process is at work on the study.</exception>
    /// <exception cref="FaultException">The texts are gone from the tables, but another process kept their bytes in the file; the same call goes on.</exception>
    public static async Task ForgetAsync(this Journal journal, StoredStudy study)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(study);
        StudyHold hold = await StudyHold.TakeAsync(journal, study.Id, study.Name).ConfigureAwait(false);
        await using (hold.ConfigureAwait(false))
        {
            string settings = new JsonObject
            {
                ["forgotten"] = journal.Clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["seed"] = study.Settings["seed"]?.DeepClone(),
                ["series"] = study.Settings["series"]?.DeepClone(),
            }.ToJsonString();
            List<(string Arm, long Number, string Answer)> left = [];
            foreach (string arm in journal.EffectArms(study)) // searches, judge, checks
            {
                left.AddRange(journal.Effects(study, arm).Where(e => e.Answer is not null).Select(e => (arm, e.Number, Numbers(e))));
            }

            await journal.WriteAsync(t =>
            {
                foreach ((string arm, long number, string answer) in left)
                {
                    t.Execute(
                        "UPDATE effect SET answer = $answer WHERE study = $study AND arm = $arm AND number = $number",
                        ("$answer", answer), ("$study", study.Id), ("$arm", arm), ("$number", number));
                }

                t.Execute("UPDATE candidate SET text = '', origin = '' WHERE study = $study", ("$study", study.Id));
                t.Execute("DELETE FROM reply WHERE study = $study", ("$study", study.Id));
                t.Execute("UPDATE study SET settings = $settings WHERE id = $study", ("$settings", settings), ("$study", study.Id));
            }).ConfigureAwait(false);
        }

        await journal.CompactAsync().ConfigureAwait(false);
    }

    private static string Numbers(StoredEffect effect)
    {
        if (effect.Kind != "evaluate")
        {
            JsonNode? spent = JsonNode.Parse(effect.Answer!)?["spent"];
            return new JsonObject { ["forgotten"] = true, ["spent"] = spent?.DeepClone() }.ToJsonString();
        }

        ImmutableArray<Outcome> outcomes = JsonSerializer.Deserialize(effect.Answer!, JournalJson.Default.ImmutableArrayOutcome);
        return JsonSerializer.Serialize(
            [.. outcomes.Select(o => (Outcome)(o is Scored scored ? scored with { Output = null, Feedback = null, Trace = null } : new Rejected("forgotten") { Cost = o.Cost }))],
            JournalJson.Default.ImmutableArrayOutcome);
    }
}
