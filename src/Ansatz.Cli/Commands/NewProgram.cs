using System.Text.Json;
using Ansatz.Cli.StudyFiles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz new --program: writes a study of a program, and what its file lacks: an example, a project, a scorer to fill in.</summary>
internal static class NewProgram
{
    /// <summary>Writes what is not there yet, and nothing else.</summary>
    /// <param name="surroundings">The world.</param>
    /// <param name="program">The C# file with the hole; where there is none, an example is written.</param>
    /// <param name="to">The study file.</param>
    /// <exception cref="InputException">A file is in the way, or the program's file is not what can be searched.</exception>
    public static async Task<int> WriteAsync(Surroundings surroundings, string program, string to)
    {
        string path = surroundings.FullPath(program), target = surroundings.FullPath(to), folder = Path.GetDirectoryName(path)!;
        if (!path.EndsWith(".cs", StringComparison.OrdinalIgnoreCase) || !SyntaxFacts.IsValidIdentifier(Path.GetFileNameWithoutExtension(path)))
        {
            throw new InputException("--program names a C# file, such as Heuristic.cs: one with your method, or one to write an example to.");
        }

        Dictionary<string, string> files = [];
        List<string> todo = [];
        string name = Path.GetFileNameWithoutExtension(path), text = File.Exists(path) ? await File.ReadAllTextAsync(path).ConfigureAwait(false) : NewProgramTexts.Example(name);
        if (!File.Exists(path))
        {
            files[path] = text;
            todo.Add($"{surroundings.Shown(path)} holds an example that runs as it is: packing a knapsack. Put your own method, scorer and inputs in its place.");
        }

        OpenMethod open = OpenMethod.Of(text, surroundings.Shown(path));
        if (!open.IsMarked)
        {
            todo.Add($"Mark {open.Method.Identifier.Text} in {surroundings.Shown(path)} with [Open] (using Ansatz.Programs).");
        }

        bool isWholeFile = text.Split('\n').Any(l => l.StartsWith("#:", StringComparison.Ordinal)); // a single file, which is a project by itself
        if (!open.HasScorer)
        {
            if (isWholeFile)
            {
                throw new InputException($"{surroundings.Shown(path)} is a whole program (it has lines that start with #:) and has no method marked [Score]: put one into it, since no second file can belong to it.");
            }

            string stub = Path.Combine(folder, $"{name}.Score.cs");
            files[stub] = open.Stub(surroundings.Shown(path));
            todo.Add($"Say in {surroundings.Shown(stub)} what a good program is ([Score]), and on which inputs it is tried ([Inputs]).");
        }

        string project = isWholeFile ? path : ProjectOf(folder, surroundings) ?? Path.Combine(folder, $"{name}.csproj");
        if (!isWholeFile && !File.Exists(project))
        {
            files[project] = NewProgramTexts.Project(AppContext.BaseDirectory);
        }
        else if (!isWholeFile && !(await File.ReadAllTextAsync(project).ConfigureAwait(false)).Contains("Ansatz", StringComparison.Ordinal))
        {
            todo.Add($"{surroundings.Shown(project)} names no Ansatz: if it has no reference to Ansatz.Programs from elsewhere, give it the package, or these lines:\n{NewProgramTexts.References(AppContext.BaseDirectory)}");
        }

        files[target] = Study(name, Path.GetRelativePath(Path.GetDirectoryName(target)!, project).Replace('\\', '/'));
        if (files.Keys.FirstOrDefault(Path.Exists) is { } taken)
        {
            throw new InputException($"{surroundings.Shown(taken)} exists already, and nothing is overwritten{(taken == target ? "; name another file with --to" : "; move it away first")}.");
        }

        foreach ((string file, string contents) in files)
        {
            try
            {
                await File.WriteAllTextAsync(file, contents.ReplaceLineEndings("\n")).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new FaultException($"{surroundings.Shown(file)} cannot be written: {e.Message}", e);
            }
        }

        await surroundings.Output.WriteLineAsync(PlainText.Printable($"Written: {string.Join(", ", files.Keys.Select(surroundings.Shown))}.")).ConfigureAwait(false);
        foreach (string line in todo)
        {
            await surroundings.Output.WriteLineAsync(PlainText.PrintableLines(line)).ConfigureAwait(false);
        }

        await surroundings.Output.WriteLineAsync($"Then: {surroundings.CommandLine("run", to, "--dry-run")}, and without --dry-run").ConfigureAwait(false);
        return App.Done;
    }

    // The project that compiles a file lies beside it or above it, in the same repository.
    private static string? ProjectOf(string folder, Surroundings surroundings)
    {
        if (!Directory.Exists(folder))
        {
            throw new InputException($"The folder {surroundings.Shown(folder)} does not exist.");
        }

        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            switch (at.GetFiles("*.csproj", new EnumerationOptions { IgnoreInaccessible = true }))
            {
                case [var only]:
                    return only.FullName;
                case [_, _, ..] several:
                    throw new InputException($"{surroundings.Shown(at.FullName)} holds {several.Length} projects; put the file into a folder with one, or with none.");
                case [] when Path.Exists(Path.Combine(at.FullName, ".git")):
                    return null;
            }
        }

        return null;
    }

    private static string Study(string name, string project) => $$"""
        {
          "name": {{JsonSerializer.Serialize(name.ToLowerInvariant(), StudyFileJson.Default.String)}},
          "program": { "project": {{JsonSerializer.Serialize(project, StudyFileJson.Default.String)}} },
          // A grammar writes the programs: no model, no network. "proposer": "embedded", or an endpoint, asks a model instead; "mix": true both.
          "search": { "use": "fun-search", "evaluations": 8000 },
          "seed": 1
        }

        """;
}

/// <summary>The method of a file that a search may fill.</summary>
/// <param name="Method">The method.</param>
/// <param name="Holder">Its class.</param>
/// <param name="IsMarked">Whether it is marked.</param>
/// <param name="HasScorer">Whether its class has a scorer in this file.</param>
internal sealed record OpenMethod(MethodDeclarationSyntax Method, TypeDeclarationSyntax Holder, bool IsMarked, bool HasScorer)
{
    /// <summary>Finds it: the one that is marked [Open], or else the only static one.</summary>
    /// <exception cref="InputException">There is none, or several.</exception>
    public static OpenMethod Of(string text, string shown)
    {
        MethodDeclarationSyntax[] all = [.. CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Where(m => m.Parent is TypeDeclarationSyntax && m.Modifiers.Any(SyntaxKind.StaticKeyword))];
        MethodDeclarationSyntax[] open = [.. all.Where(m => Has(m, "Open"))];
        MethodDeclarationSyntax method = (open, all) switch
        {
            ([var marked], _) => marked,
            ([], [var only]) => only,
            ([], []) => throw new InputException($"{shown} has no static method that a search could fill: put one into a class."),
            ([], _) => throw new InputException($"{shown} has {all.Length} static methods; mark the one that a search may fill with [Open]: {string.Join(", ", all.Select(m => m.Identifier.Text))}."),
            _ => throw new InputException($"{shown} has {open.Length} methods marked [Open], {string.Join(" and ", open.Select(m => m.Identifier.Text))}: it needs one."),
        };
        TypeDeclarationSyntax holder = (TypeDeclarationSyntax)method.Parent!;
        bool hasScorer = holder.Members.OfType<MethodDeclarationSyntax>().Any(m => Has(m, "Score"));
        return hasScorer || holder.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().FirstOrDefault(t => !t.Modifiers.Any(SyntaxKind.PartialKeyword)) is not { } whole
            ? new(method, holder, open.Length == 1, hasScorer)
            : throw new InputException($"{shown}: the {holder.Keyword.Text} {holder.Identifier.Text} has no method marked [Score]. Make {(whole == holder ? "it" : whole.Identifier.Text)} partial ({string.Join(' ', whole.Modifiers.Select(m => m.Text).Append("partial").Append(whole.Keyword.Text))} {whole.Identifier.Text}), so that one can be written into a file beside it.");
    }

    /// <summary>A file with the rest of the class: a scorer and inputs to fill in.</summary>
    public string Stub(string shown)
    {
        string types = string.Join(", ", Method.ParameterList.Parameters.Select(p => p.Type!.ToString()).Append(Method.ReturnType.ToString()));
        string space = string.Join('.', Holder.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().Reverse().Select(n => n.Name.ToString()));
        string[] around = [.. Holder.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Reverse().Select(Declaration)];
        IEnumerable<string> usings = Holder.SyntaxTree.GetRoot().DescendantNodes().OfType<UsingDirectiveSyntax>().Where(u => u.GlobalKeyword.IsKind(SyntaxKind.None)).Select(u => u.WithoutTrivia().NormalizeWhitespace().ToFullString());
        return NewProgramTexts.Stub(shown, usings, space, around, Method.Identifier.Text, $"Func<{types}>");
    }

    private static string Declaration(TypeDeclarationSyntax type) => $"{type.Modifiers} {(type is RecordDeclarationSyntax { ClassOrStructKeyword.RawKind: not 0 } record ? $"record {record.ClassOrStructKeyword.Text}" : type.Keyword.Text)} {type.Identifier.Text}{type.TypeParameterList}".TrimStart();

    private static bool Has(MethodDeclarationSyntax method, string mark) => method.AttributeLists.SelectMany(a => a.Attributes).Any(a => a.Name.ToString().Split('.')[^1] is var name && (name == mark || name == mark + "Attribute"));
}
