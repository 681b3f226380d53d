using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Ansatz.Sandbox.Tests;

/// <summary>Images that no compiler writes: small ones, of which a reader that follows every row reads far more than there is.</summary>
internal static class SharingImage
{
    private const int Many = 60_000;

    public static byte[] Of(string what)
    {
        MetadataBuilder metadata = new();
        BlobBuilder code = new();
        MethodBodyStreamEncoder bodies = new(code);
        metadata.AddModule(0, metadata.GetOrAddString("Program.dll"), metadata.GetOrAddGuid(Guid.Empty), default, default);
        metadata.AddAssembly(metadata.GetOrAddString("Program"), new(1, 0, 0, 0), default, default, 0, AssemblyHashAlgorithm.None);
        AssemblyReferenceHandle runtime = metadata.AddAssemblyReference(metadata.GetOrAddString("System.Runtime"), new(10, 0, 0, 0), default, default, 0, default);
        TypeReferenceHandle thing = metadata.AddTypeReference(runtime, metadata.GetOrAddString("System"), metadata.GetOrAddString("Object"));
        BlobHandle nothing = metadata.GetOrAddBlob((byte[])[0, 0, 1]); // void ()
        AddType(1, "<Module>", default);
        switch (what)
        {
            case "names":
                StringHandle name = metadata.GetOrAddString(new string('n', 1_000_000));
                for (int i = 0; i < Many; i++)
                {
                    metadata.AddTypeReference(runtime, default, name);
                }

                break;
            case "signatures":
                BlobHandle signature = metadata.GetOrAddBlob((byte[])[0, 0x83, 0xe0, 1, .. Enumerable.Repeat((byte)8, 992)]); // void (int, int, ...)
                for (int i = 0; i < 2 * Many; i++)
                {
                    metadata.AddMemberReference(thing, metadata.GetOrAddString("ToString"), signature);
                }

                break;
            case "bodies":
                InstructionEncoder body = new(new BlobBuilder());
                for (int i = 0; i < 500_000; i++)
                {
                    body.OpCode(ILOpCode.Nop);
                }

                int at = bodies.AddMethodBody(body);
                for (int i = 0; i < Many / 2; i++)
                {
                    AddMethod(at);
                }

                AddType(1, "Program", thing);
                break;
            case "attributes": // each of a type of many methods, whose lines would all be looked for
                AddMethods();
                TypeDefinitionHandle type = AddType(1, "Program", thing);
                MemberReferenceHandle attribute = metadata.AddMemberReference(metadata.AddTypeReference(runtime, metadata.GetOrAddString(new string('a', 500_000)), metadata.GetOrAddString("A")), metadata.GetOrAddString(".ctor"), nothing);
                for (int i = 0; i < Many; i++)
                {
                    metadata.AddCustomAttribute(type, attribute, metadata.GetOrAddBlob((byte[])[1, 0, 0, 0]));
                }

                break;
            default: // every second type has all methods
                AddMethods();
                for (int i = 0; i < Many / 4; i++)
                {
                    AddType(i % 2 == 0 ? 1 : Many, $"T{i}", thing);
                }

                break;
        }

        BlobBuilder image = new();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(metadata, suppressValidation: true), code, flags: CorFlags.ILOnly).Serialize(image);
        return image.ToArray();

        TypeDefinitionHandle AddType(int firstMethod, string name, EntityHandle ancestor) =>
            metadata.AddTypeDefinition(default, default, metadata.GetOrAddString(name), ancestor, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(firstMethod));

        void AddMethod(int at) => metadata.AddMethodDefinition(MethodAttributes.Static, MethodImplAttributes.IL, metadata.GetOrAddString("M"), nothing, at, MetadataTokens.ParameterHandle(1));

        void AddMethods()
        {
            InstructionEncoder body = new(new BlobBuilder());
            body.OpCode(ILOpCode.Ret);
            int at = bodies.AddMethodBody(body);
            for (int i = 0; i < Many; i++)
            {
                AddMethod(at);
            }
        }
    }
}
